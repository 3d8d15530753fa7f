#pragma once

#include <bitset>
#include <cstddef>
#include <span>

namespace kiln::formats {

/// Whether all bytes are zero. Runs at memory speed (ISA-L), so that it is free right after a read.
bool is_zero(std::span<const std::byte> bytes);

/// Which pages of a batch are all zero, found once and asked by every encoder.
class ZeroMap {
  public:
    static constexpr std::size_t kPage = 4096;
    static constexpr std::size_t kMaxPages = 1024;  ///< batches of at most 4 MiB

    ZeroMap() = default;
    /// `bytes` is a multiple of the page size long, at most `kMaxPages` pages.
    explicit ZeroMap(std::span<const std::byte> bytes);

    /// Whether [position, position + length) of the bytes the map was made from is all zero.
    bool covers(std::span<const std::byte> bytes, std::size_t position, std::size_t length) const;

  private:
    std::bitset<kMaxPages> zero_;
};

}  // namespace kiln::formats
