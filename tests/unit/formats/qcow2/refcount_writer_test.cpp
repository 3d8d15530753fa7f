#include "formats/qcow2/refcount_writer.h"

#include <vector>

#include <gtest/gtest.h>

#include "formats/bytes/bytes.h"

namespace kiln::formats {
namespace {

TEST(RefcountWriterTest, BlocksCountThemselves) {
    std::uint64_t clusters = 1000;
    RefcountWriter writer(512, 512);  // 256 counts in a block
    for (std::uint64_t i = 0; i < clusters; ++i) writer.add_reference(i);
    std::vector<std::vector<std::byte>> blocks;
    writer.finish([&] { return clusters; },
                  [&](const auto& content) {
                      writer.add_reference(clusters++);
                      const auto bytes = content();
                      blocks.emplace_back(bytes.begin(), bytes.end());
                      return (clusters - 1) * 512;
                  });
    ASSERT_EQ(blocks.size(), 4U);
    EXPECT_EQ(clusters, 1004U);
    for (std::uint64_t i = 0; i < 1024; ++i) {
        const auto count = load_be<std::uint16_t>(blocks[i / 256], i % 256 * 2);
        EXPECT_EQ(count, i < clusters ? 1 : 0) << i;
    }
    EXPECT_EQ(load_be<std::uint64_t>(writer.table(), 8), 1001U * 512);
}

}  // namespace
}  // namespace kiln::formats
