#include "formats/file_system/volume.h"

#include <algorithm>

#include "base/error.h"
#include "formats/bytes/bytes.h"

namespace kiln::formats {

Volume::Volume(const Source& disk, std::vector<Segment> segments)
    : disk_(&disk), segments_(std::move(segments)) {
    for (const Segment& segment : segments_) {
        if (!fits(segment.disk_offset, segment.length, disk.virtual_size())) {
            throw Error(fmt::format("a volume lies beyond the end of the disk"))
                .because(fmt::format("it wants {} bytes at {} and the disk has {}", segment.length,
                                     segment.disk_offset, disk.virtual_size()));
        }
        starts_.push_back(size_);
        // Segments may repeat; their sum must still be a number.
        if (segment.length > ~std::uint64_t{0} - size_) throw Error("a volume is too large");
        size_ += segment.length;
    }
}

void Volume::read(std::uint64_t offset, std::span<std::byte> out) const {
    for_each_disk_range(offset, out.size(), [&](Segment part) {
        disk_->read(part.disk_offset, out.first(part.length));
        out = out.subspan(part.length);
    });
}

void Volume::for_each_disk_range(std::uint64_t offset, std::uint64_t length,
                                 const std::function<void(Segment)>& visit) const {
    if (!fits(offset, length, size_)) {
        throw Error("a file system refers to what lies beyond its volume")
            .because(fmt::format("it wants {} bytes at {} of {}", length, offset, size_));
    }
    if (length == 0) return;
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
    auto index = static_cast<std::size_t>(after - starts_.begin()) - 1;
    for (; length != 0; ++index) {
        const std::uint64_t skip = offset - starts_[index];
        const std::uint64_t run = std::min(length, segments_[index].length - skip);
        if (run != 0) visit({segments_[index].disk_offset + skip, run});
        offset += run;
        length -= run;
    }
}

}  // namespace kiln::formats
