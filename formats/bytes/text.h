#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace kiln::formats {

/// A name of UTF-16 units, little-endian, up to the first NUL or the end. Lone surrogates become
/// U+FFFD.
std::string utf16le_to_utf8(std::span<const std::byte> bytes);

/// Appends a code point, of at most U+10FFFF, as UTF-8.
void append_utf8(std::string& text, std::uint32_t code_point);

/// A name of bytes, up to the first NUL or the end.
std::string text_until_nul(std::span<const std::byte> bytes);

/// 16 bytes in the order of RFC 9562: lower case, with hyphens.
std::string uuid_text(std::span<const std::byte> bytes);
/// 16 bytes whose first three fields are little-endian, as Microsoft and GPT store them: upper
/// case, with hyphens.
std::string guid_text(std::span<const std::byte> bytes);

}  // namespace kiln::formats
