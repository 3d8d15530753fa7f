#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>

namespace kiln::formats::vhdx {

/// What a log would write into a file, kept in memory because the file is only read: pages of 4 KiB
/// and ranges of zeros. Bounded: `put` and `put_zeros` answer false when it has grown beyond.
///
/// Threads: the const members from any thread once it is filled.
class LogOverlay {
  public:
    static constexpr std::size_t kPage = 4096;
    static constexpr std::size_t kMaxPages = 8192;  ///< 32 MiB
    static constexpr std::size_t kMaxZeroRanges = 8192;

    explicit LogOverlay(std::size_t max_pages = kMaxPages) : max_pages_(max_pages) {}

    /// `offset` is a multiple of the page size. Later calls win over earlier ones.
    [[nodiscard]] bool put(std::uint64_t offset, std::span<const std::byte, kPage> page);
    /// Both are multiples of the page size; `offset + length` does not overflow.
    [[nodiscard]] bool put_zeros(std::uint64_t offset, std::uint64_t length);

    std::size_t pages() const { return pages_.size(); }
    bool empty() const { return pages_.empty() && zeros_.empty(); }
    bool touches(std::uint64_t offset, std::uint64_t length) const;
    /// `bytes` is what the file has from `offset` on.
    void apply(std::uint64_t offset, std::span<std::byte> bytes) const;

  private:
    using Page = std::array<std::byte, kPage>;
    std::size_t max_pages_;
    std::map<std::uint64_t, std::unique_ptr<Page>> pages_;  // these win over the zeros
    std::map<std::uint64_t, std::uint64_t> zeros_;          // start and end, apart from each other
};

}  // namespace kiln::formats::vhdx
