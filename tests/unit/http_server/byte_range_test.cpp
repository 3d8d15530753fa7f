#include "http_server/byte_range.h"

#include <gtest/gtest.h>

namespace kiln::http {
namespace {

using Kind = ByteRange::Kind;

void expect_part(std::string_view header, std::uint64_t first, std::uint64_t length) {
    const ByteRange range = parse_range(header, 100);
    EXPECT_EQ(range.kind, Kind::Part) << header;
    EXPECT_EQ(range.first, first) << header;
    EXPECT_EQ(range.length, length) << header;
}

TEST(ByteRange, ReadsFirstLastAndSuffixForms) {
    expect_part("bytes=0-0", 0, 1);
    expect_part("bytes=10-19", 10, 10);
    expect_part("bytes=90-", 90, 10);
    expect_part("bytes=90-500", 90, 10);
    expect_part("bytes=-5", 95, 5);
    expect_part("bytes=-500", 0, 100);
}

TEST(ByteRange, IgnoresMalformedAndSeveralRanges) {
    for (const char* header :
         {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "lines=1-2", "bytes=1-2,4-5",
          "bytes=1-2x", "bytes=99999999999999999999-", "bytes=0-99999999999999999999", "bytes=--5",
          "bytes= 1-2"}) {
        EXPECT_EQ(parse_range(header, 100).kind, Kind::Whole) << header;
    }
}

TEST(ByteRange, IsUnsatisfiableBehindTheEnd) {
    EXPECT_EQ(parse_range("bytes=100-", 100).kind, Kind::Unsatisfiable);
    EXPECT_EQ(parse_range("bytes=18446744073709551615-", 100).kind, Kind::Unsatisfiable);
    EXPECT_EQ(parse_range("bytes=-0", 100).kind, Kind::Unsatisfiable);
    EXPECT_EQ(parse_range("bytes=0-", 0).kind, Kind::Unsatisfiable);
    EXPECT_EQ(parse_range("bytes=-1", 0).kind, Kind::Unsatisfiable);
}

}  // namespace
}  // namespace kiln::http
