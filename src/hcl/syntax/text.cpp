#include "hcl/syntax/text.h"

#include <optional>

#include <fmt/format.h>
#include <utf8proc.h>

namespace kiln::hcl {
namespace {

/// Reads the hexadecimal digits of `\u` and `\U`.
std::optional<char32_t> read_hex(std::string_view digits);

}  // namespace

std::string decode_escapes(std::string_view text, const EscapeError& error) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        if ((c == '$' || c == '%') && i + 2 < text.size() && text[i + 1] == c &&
            text[i + 2] == '{') {
            out += c;
            out += '{';
            i += 3;
            continue;
        }
        if (c != '\\') {
            out += c;
            ++i;
            continue;
        }
        const char selector = i + 1 < text.size() ? text[i + 1] : '\0';
        const std::size_t digits = selector == 'u' ? 4 : selector == 'U' ? 8 : 0;
        if (digits != 0) {
            const auto code_point =
                i + 2 + digits <= text.size() ? read_hex(text.substr(i + 2, digits)) : std::nullopt;
            if (!code_point) {
                error(
                    i, std::min(digits + 2, text.size() - i),
                    digits == 4
                        ? "The \\u escape sequence must be followed by four hexadecimal digits."
                        : "The \\U escape sequence must be followed by eight hexadecimal digits.");
                i += 2;
            } else if (*code_point > 0x10FFFF || (*code_point >= 0xD800 && *code_point < 0xE000)) {
                error(i, digits + 2,
                      fmt::format("Cannot encode character U+{:x} in UTF-8.",
                                  static_cast<std::uint32_t>(*code_point)));
                i += digits + 2;
            } else {
                append_utf8(out, *code_point);
                i += digits + 2;
            }
            continue;
        }
        switch (selector) {
            case 'n':
                out += '\n';
                break;
            case 'r':
                out += '\r';
                break;
            case 't':
                out += '\t';
                break;
            case '"':
                out += '"';
                break;
            case '\\':
                out += '\\';
                break;
            default: {
                char32_t symbol = 0;
                const std::size_t length = decode_utf8(text.substr(i + 1), symbol);
                error(
                    i, 1 + length,
                    length == 0
                        ? std::string("A backslash must be followed by an escape selector.")
                        : fmt::format("The symbol \"{0}\" is not a valid escape sequence selector. "
                                      "For a backslash write two: \"\\\\{0}\".",
                                      text.substr(i + 1, length)));
                i += 1 + length;
                continue;
            }
        }
        i += 2;
    }
    return out;
}

std::string decode_plain(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        out += c;
        if ((c == '$' || c == '%') && i + 2 < text.size() && text[i + 1] == c &&
            text[i + 2] == '{') {
            out += '{';
            i += 2;
        }
    }
    return out;
}

std::string trim_start(std::string_view text) {
    while (!text.empty()) {
        char32_t c = 0;
        const std::size_t length = decode_utf8(text, c);
        if (length == 0 || !is_white_space(c)) break;
        text.remove_prefix(length);
    }
    return std::string(text);
}

std::string trim_end(std::string_view text) {
    while (!text.empty()) {
        std::size_t start = text.size() - 1;
        while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
        char32_t c = 0;
        if (decode_utf8(text.substr(start), c) != text.size() - start || !is_white_space(c)) break;
        text.remove_suffix(text.size() - start);
    }
    return std::string(text);
}

std::size_t leading_space(std::string_view text) {
    std::size_t count = 0;
    while (!text.empty()) {
        char32_t c = 0;
        if (decode_utf8(text, c) == 0 || !is_white_space(c) || c == '\n') break;
        text.remove_prefix(grapheme_length(text));
        ++count;
    }
    return count;
}

std::string drop_characters(std::string_view text, std::size_t count) {
    for (; count > 0 && !text.empty(); --count) text.remove_prefix(grapheme_length(text));
    return std::string(text);
}

std::size_t grapheme_length(std::string_view text) {
    char32_t previous = 0;
    std::size_t length = decode_utf8(text, previous);
    if (length == 0) return text.empty() ? 0 : 1;
    utf8proc_int32_t state = 0;
    while (length < text.size()) {
        char32_t next = 0;
        const std::size_t step = decode_utf8(text.substr(length), next);
        if (step == 0 ||
            utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(previous),
                                             static_cast<utf8proc_int32_t>(next), &state)) {
            break;
        }
        length += step;
        previous = next;
    }
    return length;
}

std::size_t count_graphemes(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count) text.remove_prefix(grapheme_length(text));
    return count;
}

bool is_white_space(char32_t c) {
    return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

bool is_valid_utf8(std::string_view text) {
    while (!text.empty()) {
        char32_t c = 0;
        const std::size_t length = decode_utf8(text, c);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::size_t decode_utf8(std::string_view text, char32_t& code_point) {
    utf8proc_int32_t decoded = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &decoded);
    if (length <= 0) return 0;
    code_point = static_cast<char32_t>(decoded);
    return static_cast<std::size_t>(length);
}

void append_utf8(std::string& text, char32_t code_point) {
    utf8proc_uint8_t bytes[4];
    const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes);
    text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

namespace {

std::optional<char32_t> read_hex(std::string_view digits) {
    char32_t value = 0;
    for (const char c : digits) {
        char32_t digit = 0;
        if (c >= '0' && c <= '9') {
            digit = static_cast<char32_t>(c - '0');
        } else if (c >= 'a' && c <= 'f') {
            digit = static_cast<char32_t>(c - 'a' + 10);
        } else if (c >= 'A' && c <= 'F') {
            digit = static_cast<char32_t>(c - 'A' + 10);
        } else {
            return std::nullopt;
        }
        if (value > 0xFFFFFFF) return std::nullopt;
        value = value * 16 + digit;
    }
    return value;
}

}  // namespace
}  // namespace kiln::hcl
