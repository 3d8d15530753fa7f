#include "formats/ova/tar.h"

#include <string>

#include <gtest/gtest.h>

#include "base/error.h"

namespace kiln::formats {
namespace {

TEST(TarHeader, IsUstarWithNoOwnerAndNoTime) {
    const auto block = TarEntry{"vm.ovf", 1234}.encode();
    const std::string text(reinterpret_cast<const char*>(block.data()), block.size());
    EXPECT_EQ(text.substr(0, 7), std::string("vm.ovf\0", 7));
    EXPECT_EQ(text.substr(100, 56), std::string("0000644\0"
                                                "0000000\0"
                                                "0000000\0"
                                                "00000002322\0"
                                                "00000000000\0"
                                                "007102\0 ",
                                                56));
    EXPECT_EQ(text.substr(156, 1), "0");
    EXPECT_EQ(text.substr(257, 8), std::string("ustar\0"
                                               "00",
                                               8));
}

TEST(TarHeader, HoldsSizesOfEightGibibytesAndMore) {
    for (const std::uint64_t size :
         {0ULL, 511ULL, (1ULL << 33) - 1, 1ULL << 33, 123456789012345ULL}) {
        const auto entry = TarEntry::decode(TarEntry{"disk.vmdk", size}.encode());
        ASSERT_TRUE(entry) << size;
        EXPECT_EQ(entry->size, size);
        EXPECT_EQ(entry->name, "disk.vmdk");
    }
}

TEST(TarHeader, RefusesDamageAndOtherKindsOfEntries) {
    auto block = TarEntry{"a", 1}.encode();
    block[0] = std::byte{'b'};
    EXPECT_FALSE(TarEntry::decode(block));
    EXPECT_THROW((TarEntry{std::string(101, 'x'), 1}.encode()), Error);
}

}  // namespace
}  // namespace kiln::formats
