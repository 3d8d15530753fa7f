#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace kiln {

/// Reads the fields of an SSH wire format (RFC 4251, section 5) and throws Error rather than read
/// past the end. Borrows the bytes.
class WireReader {
  public:
    explicit WireReader(std::string_view bytes) : rest_(bytes) {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t u64() { return number(8); }
    /// Bytes with their 32-bit length before them; a view of the borrowed bytes.
    std::string_view string() { return take(u32()); }

  private:
    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (const char c : take(size)) value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }

    std::string_view take(std::size_t size) {
        if (size > rest_.size()) throw Error("a message ends too early");
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    std::string_view rest_;
};

/// Writes the same format.
class WireWriter {
  public:
    WireWriter& u8(std::uint8_t value) { return number(value, 1); }
    WireWriter& u32(std::uint32_t value) { return number(value, 4); }
    WireWriter& u64(std::uint64_t value) { return number(value, 8); }
    WireWriter& string(std::string_view value) {
        u32(static_cast<std::uint32_t>(value.size()));
        bytes_ += value;
        return *this;
    }

    const std::string& bytes() const { return bytes_; }

  private:
    WireWriter& number(std::uint64_t value, int size) {
        for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
            bytes_ += static_cast<char>(value >> shift & 0xff);
        }
        return *this;
    }

    std::string bytes_;
};

}  // namespace kiln
