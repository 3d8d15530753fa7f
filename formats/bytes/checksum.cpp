#include "formats/bytes/checksum.h"

#include <algorithm>

#include <isa-l/crc.h>

namespace kiln::formats {

std::uint32_t crc32c(std::uint32_t seed, std::span<const std::byte> bytes) {
    constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // the library counts in int
    while (!bytes.empty()) {
        const auto part = bytes.first(std::min(bytes.size(), kMostAtOnce));
        // The library reads only, though its parameter is not const.
        auto* data = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(part.data()));
        seed = crc32_iscsi(data, static_cast<int>(part.size()), seed);
        bytes = bytes.subspan(part.size());
    }
    return seed;
}

std::uint32_t crc32_raw(std::uint32_t seed, std::span<const std::byte> bytes) {
    return ~crc32_gzip_refl(~seed, reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
}

std::uint16_t crc16_raw(std::uint16_t seed, std::span<const std::byte> bytes) {
    constexpr std::uint16_t kPolynomial = 0xA001;
    for (const std::byte byte : bytes) {
        seed = static_cast<std::uint16_t>(seed ^ std::to_integer<unsigned>(byte));
        for (int bit = 0; bit < 8; ++bit) {
            const bool carry = (seed & 1) != 0;
            seed = static_cast<std::uint16_t>(seed >> 1);
            if (carry) seed ^= kPolynomial;
        }
    }
    return seed;
}

}  // namespace kiln::formats
