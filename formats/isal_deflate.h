#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace kiln::formats {

/// Raw deflate (RFC 1951) in one call, by ISA-L. One thread at a time. The same input gives the
/// same output, in whatever object and whatever came before.
///
/// ISA-L 2.30 alone does not promise that at levels 1 and 2. As it enters a block, it puts the
/// address of its own state, instead of the third four bytes of the input, into the hash table.
/// Where that happens to hit the place of one of the first three, other matches are found: in one
/// of some ten thousand blocks, and not in the same ones in the next run. So the state lies at four
/// addresses that differ in their hash, and each block goes to one that none of the three has.
class IsalDeflate {
  public:
    /// Final: the stream ends with the input. Open: it ends at a byte, without history, and another
    /// can follow.
    enum class End { Final, Open };
    /// `level` 1 to 3; distances of up to 2^`window_bits` bytes, at most 15.
    IsalDeflate(unsigned level, unsigned window_bits, End end);

    /// The deflated size, or 0 when `out` is too short.
    std::size_t compress(std::span<const std::byte> in, std::span<std::byte> out);

  private:
    static constexpr std::size_t kPlaces = 4;
    struct Free {
        void operator()(std::byte* memory) const;
    };

    std::byte* place_for(std::span<const std::byte> in) const;

    unsigned level_;
    unsigned window_bits_;
    End end_;
    std::unique_ptr<std::byte, Free> memory_;
    std::array<unsigned, kPlaces> hashes_{};  // of the places
    std::unique_ptr<std::uint8_t[]> level_buffer_;
};

}  // namespace kiln::formats
