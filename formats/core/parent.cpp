#include "formats/core/parent.h"

#include <algorithm>
#include <cstring>

namespace kiln::formats {

Extent parent_extent(const Source& parent, std::uint64_t offset, std::uint64_t length) {
    const std::uint64_t size = parent.virtual_size();
    if (offset >= size) return {offset, length, Extent::Kind::Hole};
    const std::uint64_t wanted = std::min(length, size - offset);
    Extent extent = parent.next_extent(offset, wanted);
    extent.length = std::min(extent.length, wanted);
    return extent;
}

void read_parent(const Source* parent, std::uint64_t offset, std::span<std::byte> out) {
    const std::uint64_t size = parent != nullptr ? parent->virtual_size() : 0;
    const std::uint64_t there =
        offset < size ? std::min<std::uint64_t>(out.size(), size - offset) : 0;
    if (there != 0) parent->read(offset, out.first(there));
    if (there != out.size()) std::memset(out.data() + there, 0, out.size() - there);
}

}  // namespace kiln::formats
