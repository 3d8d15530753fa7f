#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace kiln::formats {

/// Places for the state of ISA-L's deflate at which its address does no harm.
///
/// As levels 1 and 2 of ISA-L 2.30 enter a block (igzip_icf_body_h1_gr_bt.asm, where there is no
/// history yet), they take bits 16 to 47 of the state's address for the four bytes at offset 2 of
/// the input: the hash table has offset 2 where the address hashes to. Whoever reads that entry
/// finds no match there, as long as other four bytes hash to it than those that stand
///
///   - at 0, 1 and 2: what the table knows by then, and what it should have known;
///   - at 2 and more whole windows: an old entry is taken for the next offset that is alike in its
///     low bits;
///   - at 0 and more whole windows: the same of an entry that was never written.
///
/// So 32 places have 32 different hashes, and a block gets one whose hash none of these has.
class IsalPlaces {
  public:
    static constexpr std::size_t kCount = 32;
    /// The places lie one upon the other: one state at a time.
    static constexpr std::size_t kStride = std::size_t{64} << 10;

    /// Of the calling thread. Memory that no state has touched costs nothing.
    static IsalPlaces& of_thread();

    IsalPlaces();
    ~IsalPlaces();
    IsalPlaces(const IsalPlaces&) = delete;
    IsalPlaces& operator=(const IsalPlaces&) = delete;

    /// Where a state for this input may lie; nothing when every place would do harm, which depends
    /// on the input alone.
    std::byte* find_harmless(std::span<const std::byte> in, unsigned window_bits) const;
    std::byte* any() const { return places_; }

  private:
    std::byte* mapped_ = nullptr;
    std::byte* places_ = nullptr;
    std::array<std::uint8_t, kCount> hashes_{};
};

}  // namespace kiln::formats
