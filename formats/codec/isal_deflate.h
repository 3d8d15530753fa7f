#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace kiln::formats {

/// Raw deflate (RFC 1951) in one call, by ISA-L. One thread at a time. The same input gives the
/// same output, in whatever object and thread, and whatever came before.
///
/// ISA-L 2.30 alone does not promise that at levels 1 and 2: of some thousands of blocks one comes
/// out otherwise in the next run. isal_memory.h says why.
class IsalDeflate {
  public:
    /// Final: the stream ends with the input. Open: it ends at a byte, without history, and another
    /// can follow.
    enum class End { Final, Open };
    /// `level` 1 to 3; distances of up to 2^`window_bits` bytes, 9 to 15.
    IsalDeflate(unsigned level, unsigned window_bits, End end);

    /// The deflated size, or 0 when `out` is too short.
    std::size_t compress(std::span<const std::byte> in, std::span<std::byte> out);

  private:
    unsigned level_;
    unsigned window_bits_;
    End end_;
    std::unique_ptr<std::uint8_t[]> level_buffer_;
};

}  // namespace kiln::formats
