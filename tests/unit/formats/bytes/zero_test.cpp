#include "formats/bytes/zero.h"

#include <vector>

#include <gtest/gtest.h>

namespace kiln::formats {
namespace {

TEST(ZeroTest, FindsASingleByteAnywhere) {
    std::vector<std::byte> bytes(9000);
    EXPECT_TRUE(is_zero(bytes));
    EXPECT_TRUE(is_zero({}));
    for (const std::size_t position : {0, 1, 63, 4095, 4096, 8998, 8999}) {
        bytes[position] = std::byte{1};
        EXPECT_FALSE(is_zero(bytes)) << position;
        bytes[position] = std::byte{0};
    }
}

TEST(ZeroTest, MapAnswersForPagesAndForSmallerParts) {
    std::vector<std::byte> bytes(4 * ZeroMap::kPage);
    bytes[ZeroMap::kPage + 700] = std::byte{1};
    const ZeroMap map(bytes);
    EXPECT_TRUE(map.covers(bytes, 0, ZeroMap::kPage));
    EXPECT_FALSE(map.covers(bytes, 0, 2 * ZeroMap::kPage));
    EXPECT_TRUE(map.covers(bytes, ZeroMap::kPage, 512));
    EXPECT_FALSE(map.covers(bytes, ZeroMap::kPage + 512, 512));
    EXPECT_TRUE(map.covers(bytes, 2 * ZeroMap::kPage, 2 * ZeroMap::kPage));
}

}  // namespace
}  // namespace kiln::formats
