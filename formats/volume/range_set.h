#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace kiln::formats {

/// Stretches of a disk, in sectors of 512 bytes, kept small: 8 bytes each, and at most `capacity`
/// of them (524288: 4 MiB). A disk of 16 TiB with all its free space in pieces would need more;
/// then the shortest are left out, and `minimum` grows until the others have room. What is left
/// out is a disk as it was, only less thin.
///
/// Filled by `add` and `commit` or `roll_back`, then `finish`ed, then asked from any thread.
class RangeSet {
  public:
    static constexpr std::size_t kUsualCapacity = std::size_t{1} << 19;

    explicit RangeSet(std::size_t capacity = kUsualCapacity) : capacity_(capacity) {}

    /// The whole sectors within [offset, offset + length), below 512 TiB.
    void add(std::uint64_t offset, std::uint64_t length);
    /// Keeps what was added since the last call of either; or forgets it.
    void commit();
    void roll_back();
    /// Sorts and joins. Nothing may be added afterwards.
    void finish();

    struct Range {
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
        std::uint64_t end() const { return offset + length; }
    };
    /// The first range that ends behind `offset`; nothing when there is none.
    std::optional<Range> next(std::uint64_t offset) const;

    std::size_t size() const { return packed_.size(); }
    /// Bytes of all ranges.
    std::uint64_t total() const;
    /// Shorter ranges were left out; 0 when none were.
    std::uint64_t minimum() const { return minimum_ * kSector; }

  private:
    static constexpr std::uint64_t kSector = 512;
    void make_room();

    std::size_t capacity_;
    std::uint64_t minimum_ = 0;          // in sectors
    std::size_t committed_ = 0;          // how many of `packed_`
    std::vector<std::uint64_t> packed_;  // start in the upper 40 bits, length in the lower 24
};

}  // namespace kiln::formats
