#include "formats/isal_places.h"

#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "formats/bytes.h"

namespace kiln::formats {
namespace {

using Bytes = std::vector<std::byte>;

Bytes random_bytes(std::size_t size) {
    std::mt19937 random(8);
    Bytes bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::byte>(random());
    return bytes;
}

// What the instruction crc32 makes of 32 bits: CRC-32C, beginning with 0.
std::uint32_t hash(std::uint32_t value) {
    for (int bit = 0; bit < 32; ++bit) value = value >> 1 ^ ((value & 1) != 0 ? 0x82f63b78U : 0U);
    return value;
}

std::uint32_t hash_of(const std::byte* place) {
    return hash(static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(place) >> 16)) % 32;
}

TEST(IsalPlaces, SharesNoHashWithWhatItsEntryCouldBeTakenFor) {
    const IsalPlaces places;
    const Bytes all = random_bytes(1 << 20);
    for (const unsigned bits : {12U, 15U}) {
        std::set<std::byte*> used;
        for (std::size_t start = 0; start + 65536 <= all.size(); start += 1000) {
            const auto in = std::span(all).subspan(start, 65536);
            std::byte* const place = places.find_harmless(in, bits);
            ASSERT_NE(place, nullptr);
            used.insert(place);
            std::set<std::uint32_t> harmful = {hash(load_le<std::uint32_t>(in, 1)) % 32};
            for (std::size_t offset = 0; offset < in.size(); offset += std::size_t{1} << bits) {
                harmful.insert(hash(load_le<std::uint32_t>(in, offset)) % 32);
                harmful.insert(hash(load_le<std::uint32_t>(in, offset + 2)) % 32);
            }
            EXPECT_FALSE(harmful.contains(hash_of(place))) << start;
        }
        EXPECT_GT(used.size(), 1U);
    }
}

TEST(IsalPlaces, HasNoneForAnInputWithAllHashes) {
    const IsalPlaces places;
    EXPECT_EQ(places.find_harmless(random_bytes(1 << 20), 12), nullptr);
    EXPECT_NE(places.find_harmless(Bytes(1 << 20), 12), nullptr);
}

TEST(IsalPlaces, TakesInputsOfAnyLength) {
    const IsalPlaces places;
    for (std::size_t size = 0; size < 12; ++size) {
        EXPECT_NE(places.find_harmless(random_bytes(size), 15), nullptr) << size;
    }
}

}  // namespace
}  // namespace kiln::formats
