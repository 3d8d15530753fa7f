#include "template/interpolate/quoted.h"

#include <fmt/format.h>
#include <utf8proc.h>

namespace kiln::interpolation {
namespace {

std::optional<char32_t> take_digits(std::string_view& text, std::size_t count, int base);

}  // namespace

std::optional<std::string> unescape(std::string_view content, char quote) {
    constexpr std::string_view letters = "abfnrtv\\";
    constexpr std::string_view values = "\a\b\f\n\r\t\v\\";
    std::string out;
    while (!content.empty()) {
        const char c = content.front();
        content.remove_prefix(1);
        if (c != '\\') {
            out += c;
            continue;
        }
        if (content.empty()) return std::nullopt;
        const char kind = content.front();
        if (kind >= '0' && kind <= '7') {
            const auto byte = take_digits(content, 3, 8);
            if (!byte || *byte > 255) return std::nullopt;
            out += static_cast<char>(*byte);
            continue;
        }
        content.remove_prefix(1);
        if (const std::size_t at = letters.find(kind); at != std::string_view::npos) {
            out += values[at];
        } else if (kind == quote) {
            out += kind;
        } else if (kind == 'x') {
            const auto byte = take_digits(content, 2, 16);
            if (!byte) return std::nullopt;
            out += static_cast<char>(*byte);
        } else if (kind == 'u' || kind == 'U') {
            const auto code = take_digits(content, kind == 'u' ? 4 : 8, 16);
            if (!code || *code > 0x10FFFF || (*code >= 0xD800 && *code < 0xE000)) {
                return std::nullopt;
            }
            append_utf8(out, *code);
        } else {
            return std::nullopt;
        }
    }
    return out;
}

std::string go_quote(std::string_view text) {
    constexpr std::string_view letters = "abfnrtv\\\"";
    constexpr std::string_view values = "\a\b\f\n\r\t\v\\\"";
    std::string out = "\"";
    while (!text.empty()) {
        const auto first_byte = static_cast<unsigned char>(text.front());
        const CodePoint point = take_code_point(text);
        const std::size_t at = point.value < 0x80 ? values.find(static_cast<char>(point.value))
                                                  : std::string_view::npos;
        if (!point.valid)
            out += fmt::format("\\x{:02x}", first_byte);
        else if (at != std::string_view::npos)
            (out += '\\') += letters[at];
        else if (is_printable(point.value))
            append_utf8(out, point.value);
        else if (point.value < 0x20 || point.value == 0x7F)
            out += fmt::format("\\x{:02x}", static_cast<unsigned>(point.value));
        else if (point.value < 0x10000)
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(point.value));
        else
            out += fmt::format("\\U{:08x}", static_cast<unsigned>(point.value));
    }
    return out + "\"";
}

void append_utf8(std::string& out, char32_t code_point) {
    utf8proc_uint8_t bytes[4];
    const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes);
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

CodePoint take_code_point(std::string_view& text) {
    utf8proc_int32_t value = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &value);
    if (length <= 0) {
        text.remove_prefix(1);
        return {0xFFFD, false};
    }
    text.remove_prefix(static_cast<std::size_t>(length));
    return {static_cast<char32_t>(value), true};
}

bool is_printable(char32_t code_point) {
    if (code_point == ' ') return true;
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
        case UTF8PROC_CATEGORY_CN:
        case UTF8PROC_CATEGORY_ZS:
        case UTF8PROC_CATEGORY_ZL:
        case UTF8PROC_CATEGORY_ZP:
        case UTF8PROC_CATEGORY_CC:
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_CS:
        case UTF8PROC_CATEGORY_CO:
            return false;
        default:
            return true;
    }
}

namespace {

std::optional<char32_t> take_digits(std::string_view& text, std::size_t count, int base) {
    if (text.size() < count) return std::nullopt;
    char32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const char c = text[i];
        int digit = 99;
        if (c >= '0' && c <= '9') digit = c - '0';
        if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
        if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
        if (digit >= base) return std::nullopt;
        value = value * static_cast<char32_t>(base) + static_cast<char32_t>(digit);
    }
    text.remove_prefix(count);
    return value;
}

}  // namespace
}  // namespace kiln::interpolation
