#pragma once

#include <functional>
#include <string>
#include <string_view>

/// Literal text of templates: escapes, white space, characters.
namespace kiln::hcl {

/// Called for each wrong escape with its place in the text and what is wrong with it.
using EscapeError =
    std::function<void(std::size_t offset, std::size_t length, const std::string& why)>;

/// Text between quotes: backslash escapes, `$${` and `%%{`.
std::string decode_escapes(std::string_view text, const EscapeError& error);
/// Text of heredocs: only `$${` and `%%{`.
std::string decode_plain(std::string_view text);

/// Without Unicode white space at the start or end.
std::string trim_start(std::string_view text);
std::string trim_end(std::string_view text);

/// The length of the white space at the start, line ends aside, in characters (grapheme clusters).
std::size_t leading_space(std::string_view text);
/// The text without its first `count` characters.
std::string drop_characters(std::string_view text, std::size_t count);

/// The length in bytes of the grapheme cluster that the text starts with; 0 for empty text.
std::size_t grapheme_length(std::string_view text);
std::size_t count_graphemes(std::string_view text);

bool is_white_space(char32_t c);
bool is_valid_utf8(std::string_view text);
/// The length of the code point at the start of the text, which it stores; 0 for bytes that are
/// not UTF-8.
std::size_t decode_utf8(std::string_view text, char32_t& code_point);
/// Appends the code point as UTF-8.
void append_utf8(std::string& text, char32_t code_point);

}  // namespace kiln::hcl
