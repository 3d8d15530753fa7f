#include "base/size.h"

#include <gtest/gtest.h>

namespace kiln {
namespace {

TEST(ParseSize, TakesANumberAndAUnit) {
    EXPECT_EQ(parse_size("0"), 0U);
    EXPECT_EQ(parse_size("512"), 512U);
    EXPECT_EQ(parse_size("512b"), 512U);
    EXPECT_EQ(parse_size("64k"), 65536U);
    EXPECT_EQ(parse_size("64K"), 65536U);
    EXPECT_EQ(parse_size("20G"), std::uint64_t{20} << 30);
    EXPECT_EQ(parse_size("15E"), std::uint64_t{15} << 60);
}

TEST(ParseSize, RefusesWhatIsNoSize) {
    for (const char* text :
         {"", "G", "-1", "1.5T", "1GiB", "1 G", " 1", "16E", "99999999999999999999"}) {
        EXPECT_EQ(parse_size(text), std::nullopt) << text;
    }
}

TEST(FormatSize, UsesBinaryUnits) {
    EXPECT_EQ(format_size(512), "512 B");
    EXPECT_EQ(format_size(1536), "1.5 KiB");
}

}  // namespace
}  // namespace kiln
