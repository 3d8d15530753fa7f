#pragma once

#include <string>
#include <string_view>

namespace kiln::render {

/// How output is dressed: colours, and a time stamp before each message of a build.
struct Style {
    bool color = true;         ///< announce colours (spec/cli.md, 4.3)
    bool escape_codes = true;  ///< write the codes; off with PACKER_NO_COLOR
    bool timestamps = false;
};

/// The code of the n-th build's colour: green, cyan, magenta, yellow, blue, and again.
int build_color(std::size_t index);
constexpr int error_color = 31;

/// `text` in bold colour, as one piece.
std::string paint(std::string_view text, int color);

/// The local time as RFC 3339: `2024-01-31T10:00:00+01:00`.
std::string local_timestamp();

/// Each line of `text` with `prefix` before it; the end of the whole is right-trimmed
/// (spec/cli.md, 4.2).
std::string prefix_lines(std::string_view prefix, std::string_view text);

}  // namespace kiln::render
