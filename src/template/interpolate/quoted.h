#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kiln::interpolation {

/// The content of a quoted string with its escape sequences resolved, as Go reads them: `\n`,
/// `\x41`, `\101`, `\u00e9`, `\U0001F600`, ... Nothing when one of them is wrong.
std::optional<std::string> unescape(std::string_view content, char quote);

/// The text in double quotes as Go's `%q` writes it.
std::string go_quote(std::string_view text);

void append_utf8(std::string& out, char32_t code_point);

/// Takes the first code point off `text`; bytes that are no UTF-8 come out as U+FFFD one by one,
/// with `valid` false.
struct CodePoint {
    char32_t value = 0;
    bool valid = true;
};
CodePoint take_code_point(std::string_view& text);

/// Whether Go would print the character as it is: letters, marks, numbers, punctuation, symbols and
/// the ASCII space.
bool is_printable(char32_t code_point);

}  // namespace kiln::interpolation
