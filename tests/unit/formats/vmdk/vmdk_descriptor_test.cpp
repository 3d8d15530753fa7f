#include "formats/vmdk/vmdk_descriptor.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kiln::formats {
namespace {

using testing::HasSubstr;

TEST(VmdkDescriptorTest, IsReadBack) {
    const std::string text = stream_optimized_descriptor(4096, "my disk.vmdk", "ide", 10);
    const VmdkDescriptor descriptor = VmdkDescriptor::parse(text);
    EXPECT_EQ(descriptor.create_type, "streamOptimized");
    EXPECT_EQ(descriptor.parent_cid, 0xffffffffU);
    EXPECT_THAT(descriptor.extents, testing::ElementsAre("RW 4096 SPARSE \"my disk.vmdk\""));
    EXPECT_EQ(descriptor.data_base.at("ddb.geometry.cylinders"), "5");
    EXPECT_EQ(descriptor.data_base.at("ddb.virtualHWVersion"), "10");
    EXPECT_EQ(text, stream_optimized_descriptor(4096, "my disk.vmdk", "ide", 10));
    EXPECT_THAT(stream_optimized_descriptor(1, "a\"\nb", "ide", 4), HasSubstr("\"disk.vmdk\""));
}

}  // namespace
}  // namespace kiln::formats
