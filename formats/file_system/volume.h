#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "formats/source.h"

namespace kiln::formats {

/// A stretch of a disk as a file system sees it: a partition, or a logical volume that is put
/// together from segments. Offsets count from the volume's own start. Refers to the disk, which
/// must outlive it. All members may be called from any thread.
class Volume {
  public:
    struct Segment {
        std::uint64_t disk_offset = 0;
        std::uint64_t length = 0;
    };

    /// One after another; throws kiln::Error when one of them is not within the disk.
    Volume(const Source& disk, std::vector<Segment> segments);

    std::uint64_t size() const { return size_; }
    const std::vector<Segment>& segments() const { return segments_; }

    /// Fills `out`; throws kiln::Error when the range is not within the volume.
    void read(std::uint64_t offset, std::span<std::byte> out) const;

    /// Calls `visit` for every stretch of the disk that [offset, offset + length) lies on.
    void for_each_disk_range(std::uint64_t offset, std::uint64_t length,
                             const std::function<void(Segment)>& visit) const;

  private:
    const Source* disk_;
    std::vector<Segment> segments_;
    std::vector<std::uint64_t> starts_;  // of each segment within the volume
    std::uint64_t size_ = 0;
};

}  // namespace kiln::formats
