#include "formats/bytes/zero.h"

#include <isa-l/mem_routines.h>

namespace kiln::formats {

bool is_zero(std::span<const std::byte> bytes) {
    if (bytes.empty()) return true;
    // Most data differs from zero at its beginning: no call for those.
    if (bytes.front() != std::byte{0} || bytes.back() != std::byte{0}) return false;
    // The library's parameter is not const although it only reads.
    return isal_zero_detect(const_cast<std::byte*>(bytes.data()), bytes.size()) == 0;
}

ZeroMap::ZeroMap(std::span<const std::byte> bytes) {
    for (std::size_t page = 0; page * kPage < bytes.size(); ++page) {
        zero_[page] = is_zero(bytes.subspan(page * kPage, kPage));
    }
}

bool ZeroMap::covers(std::span<const std::byte> bytes, std::size_t position,
                     std::size_t length) const {
    if (position % kPage != 0 || length % kPage != 0) {
        return is_zero(bytes.subspan(position, length));
    }
    for (std::size_t page = position / kPage; page < (position + length) / kPage; ++page) {
        if (!zero_[page]) return false;
    }
    return true;
}

}  // namespace kiln::formats
