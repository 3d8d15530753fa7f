#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace kiln::formats {

/// CRC-32C (Castagnoli) with neither end inverted, as ext4 and XFS chain it: they begin with ~0.
std::uint32_t crc32c(std::uint32_t seed, std::span<const std::byte> bytes);

/// CRC-32 (IEEE 802.3), reflected, with neither end inverted: zlib's is `~crc32_raw(~0, bytes)`.
std::uint32_t crc32_raw(std::uint32_t seed, std::span<const std::byte> bytes);

/// CRC-16 (polynomial 0x8005), reflected, neither end inverted: ext4's group descriptors.
std::uint16_t crc16_raw(std::uint16_t seed, std::span<const std::byte> bytes);

}  // namespace kiln::formats
