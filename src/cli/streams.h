#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace kiln {

/// Where a command reads and writes: the process's own streams, or those of a test. All output
/// goes to standard output, errors included (spec/cli.md, section 1), except where standard output
/// may be data for the next program: the image commands tell their errors on standard error.
struct Streams {
    std::function<void(std::string_view)> out;
    std::function<void(std::string_view)> err;
    int in = 0;                    ///< a descriptor
    bool in_is_terminal = false;   ///< lines are edited, and a prompt shown
    bool out_is_terminal = false;  ///< there may be colour, and tables fit the width
    std::size_t width = 80;        ///< columns of the terminal

    /// The process's own. Output that nobody reads any more must not end a build, so failures to
    /// write are ignored.
    static Streams standard();

    /// All of standard input. Throws Error when it cannot be read or is larger than 64 MiB.
    std::string read_all() const;
};

}  // namespace kiln
