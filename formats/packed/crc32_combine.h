#pragma once

#include <cstdint>

namespace kiln::formats {

/// The CRC-32 of gzip over two pieces that were summed apart: `b` has `length_of_b` bytes.
std::uint32_t combine_crc32(std::uint32_t a, std::uint32_t b, std::uint64_t length_of_b);
/// Of `count` zeros, without touching them.
std::uint32_t crc32_of_zeros(std::uint64_t count);

}  // namespace kiln::formats
