#include "formats/qcow2/qcow2_header.h"

#include <gtest/gtest.h>

namespace kiln::formats {
namespace {

TEST(Qcow2CompressedEntry, GoesThereAndBack) {
    for (const unsigned bits : {9U, 12U, 16U, 21U}) {
        Qcow2Header header;
        header.cluster_bits = bits;
        for (const std::uint64_t offset : {512ULL, 513ULL, 70001ULL, (1ULL << 40) + 511}) {
            for (const std::uint64_t size : {std::uint64_t{1}, header.cluster_size() - 1}) {
                const std::uint64_t entry = qcow2::compressed_entry(offset, size, header);
                const auto range = qcow2::compressed_range(entry, header);
                EXPECT_NE(entry & qcow2::kCompressedCluster, 0U);
                EXPECT_EQ(entry & qcow2::kCopied, 0U);
                EXPECT_EQ(range.offset, offset);
                EXPECT_GE(range.size, size);
                EXPECT_LT(range.size, size + 512);
                EXPECT_EQ((range.offset + range.size) % 512, 0U);
            }
        }
    }
}

}  // namespace
}  // namespace kiln::formats
