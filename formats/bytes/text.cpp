#include "formats/bytes/text.h"

#include <array>

#include <fmt/format.h>

#include "formats/bytes/bytes.h"

namespace kiln::formats {

std::string utf16le_to_utf8(std::span<const std::byte> bytes) {
    constexpr std::uint32_t kReplacement = 0xFFFD;
    std::string text;
    for (std::size_t i = 0; i + 2 <= bytes.size(); i += 2) {
        std::uint32_t unit = load_le<std::uint16_t>(bytes, i);
        if (unit == 0) break;
        if (unit >= 0xD800 && unit < 0xE000) {
            const std::uint32_t low =
                i + 4 <= bytes.size() ? load_le<std::uint16_t>(bytes, i + 2) : 0;
            if (unit < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            } else {
                unit = kReplacement;
            }
        }
        append_utf8(text, unit);
    }
    return text;
}

std::string text_until_nul(std::span<const std::byte> bytes) {
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return text.substr(0, text.find('\0'));
}

std::string uuid_text(std::span<const std::byte> bytes) {
    std::string text;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += fmt::format("{:02x}", std::to_integer<unsigned>(bytes[i]));
    }
    return text;
}

std::string guid_text(std::span<const std::byte> bytes) {
    std::string text =
        fmt::format("{:08X}-{:04X}-{:04X}-", load_le<std::uint32_t>(bytes, 0),
                    load_le<std::uint16_t>(bytes, 4), load_le<std::uint16_t>(bytes, 6));
    for (std::size_t i = 8; i < 16; ++i) {
        if (i == 10) text += '-';
        text += fmt::format("{:02X}", std::to_integer<unsigned>(bytes[i]));
    }
    return text;
}

void append_utf8(std::string& text, std::uint32_t code_point) {
    const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | code_point >> 6);
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | code_point >> 12);
        put(0x80 | (code_point >> 6 & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | code_point >> 18);
        put(0x80 | (code_point >> 12 & 0x3F));
        put(0x80 | (code_point >> 6 & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
}

}  // namespace kiln::formats
