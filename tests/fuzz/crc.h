#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sparse_image.h"

namespace kiln::fuzz {

using Bytes = std::vector<std::byte>;

constexpr std::uint32_t kCastagnoli = 0x82f63b78;
constexpr std::uint32_t kIeee = 0xedb88320;

/// Of its own on purpose: the library's is what is judged. Not inverted at the end.
template <std::uint32_t kPolynomial>
std::uint32_t crc(const Bytes& bytes, std::uint32_t value = ~0U) {
    static const auto table = [] {
        std::array<std::uint32_t, 256> values{};
        for (std::uint32_t i = 0; i < values.size(); ++i) {
            std::uint32_t entry = i;
            for (int bit = 0; bit < 8; ++bit) {
                entry = (entry >> 1) ^ ((entry & 1) != 0 ? kPolynomial : 0);
            }
            values[i] = entry;
        }
        return values;
    }();
    for (const std::byte byte : bytes) {
        value = (value >> 8) ^ table[(value ^ std::to_integer<std::uint32_t>(byte)) & 0xff];
    }
    return value;
}

/// Sets the checksum that stands at `field` of a structure and counts as zeros in it.
template <std::uint32_t kPolynomial>
void mend_crc(SparseImage& image, std::uint64_t offset, std::size_t size, std::size_t field) {
    if (!formats::fits(offset, size, image.size())) return;
    image.set_number(offset + field, 4, false, 0);
    image.set_number(offset + field, 4, false, ~crc<kPolynomial>(image.read(offset, size)));
}

}  // namespace kiln::fuzz
