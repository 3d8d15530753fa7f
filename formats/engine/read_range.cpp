#include "formats/engine/read_range.h"

#include <algorithm>
#include <cstring>

namespace kiln::formats {

void read_range(const Source& source, std::uint64_t offset, std::span<std::byte> out) {
    const std::uint64_t size = source.virtual_size();
    while (!out.empty() && offset < size) {
        const std::uint64_t limit = std::min<std::uint64_t>(out.size(), size - offset);
        const Extent extent = source.next_extent(offset, limit);
        const auto part = out.first(std::min(extent.length, limit));
        if (extent.kind == Extent::Kind::Data) {
            source.read(offset, part);
        } else {
            std::memset(part.data(), 0, part.size());
        }
        offset += part.size();
        out = out.subspan(part.size());
    }
    if (!out.empty()) std::memset(out.data(), 0, out.size());
}

}  // namespace kiln::formats
