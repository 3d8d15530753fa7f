#include "formats/codec/isal_memory.h"

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace kiln::formats {
namespace {

// What the instruction crc32 makes of 32 bits: CRC-32C, beginning with 0.
std::uint32_t hash(std::uint32_t value) {
    for (int bit = 0; bit < 32; ++bit) value = value >> 1 ^ ((value & 1) != 0 ? 0x82f63b78U : 0U);
    return value;
}

TEST(IsalMemory, HasOneHashAtManyAddresses) {
    std::vector<std::unique_ptr<IsalMemory>> all;
    std::set<const void*> addresses;
    std::set<std::uint32_t> hashes;
    for (int i = 0; i < 50; ++i) {
        all.push_back(std::make_unique<IsalMemory>());
        addresses.insert(all.back()->get());
        const auto address = reinterpret_cast<std::uintptr_t>(all.back()->get());
        hashes.insert(hash(static_cast<std::uint32_t>(address >> 16)) & 0x7fff);
    }
    EXPECT_EQ(addresses.size(), 50U);
    EXPECT_EQ(hashes.size(), 1U);
}

}  // namespace
}  // namespace kiln::formats
