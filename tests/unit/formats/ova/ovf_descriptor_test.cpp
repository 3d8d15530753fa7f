#include "formats/ova/ovf_descriptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;

constexpr const char* kDescriptor =
    R"(<ovf:Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
<ovf:References>
  <ovf:File ovf:id="f1" ovf:href="a.vmdk" ovf:size="10"/>
  <ovf:File ovf:id="f2" ovf:href="b.vmdk.gz" ovf:compression="gzip"/>
  <ovf:File ovf:id="f3" ovf:href="c.vmdk" ovf:chunkSize="100"/>
  <ovf:File ovf:id="f4" ovf:href="d.img"/>
  <ovf:File ovf:id="f5" ovf:href="e.vmdk" ovf:size="9999999999999999999999"/>
  <ovf:File ovf:id="f6" ovf:href="x.iso"/>
</ovf:References>
<ovf:DiskSection>
  <ovf:Disk ovf:diskId="1" ovf:fileRef="f1" ovf:format="http://x/vmdk.html#streamOptimized"/>
  <ovf:Disk ovf:diskId="2" ovf:fileRef="f2" ovf:format="http://x/vmdk.html"/>
  <ovf:Disk ovf:diskId="3" ovf:fileRef="f3" ovf:format="http://x/vmdk.html"/>
  <ovf:Disk ovf:diskId="4" ovf:fileRef="f4" ovf:format="http://x/qcow-image-format.html"/>
  <ovf:Disk ovf:diskId="5" ovf:fileRef="f5" ovf:parentRef="1"/>
  <ovf:Disk ovf:diskId="6" ovf:capacity="10"/>
</ovf:DiskSection>
</ovf:Envelope>)";

TEST(OvfDescriptor, TellsDisksAndWhatHindersReadingThem) {
    const OvfDescriptor descriptor = parse_ovf(kDescriptor);
    ASSERT_EQ(descriptor.files.size(), 6U);
    EXPECT_EQ(descriptor.files[0].size, 10U);
    EXPECT_EQ(descriptor.files[4].size, std::nullopt);
    ASSERT_EQ(descriptor.disks.size(), 5U);
    const auto choose = [&](std::string_view choice) {
        try {
            return choose_ovf_disk(descriptor, choice, "x.ova").file;
        } catch (const Error& error) {
            return fmt::format("{} {}", error.what(), error.hint());
        }
    };
    EXPECT_EQ(choose("1"), "a.vmdk");
    EXPECT_EQ(choose("a.vmdk"), "a.vmdk");
    EXPECT_THAT(choose("2"), HasSubstr("compressed as a whole"));
    EXPECT_THAT(choose("3"), HasSubstr("several files"));
    EXPECT_THAT(choose("4"), HasSubstr("not VMDK"));
    EXPECT_THAT(choose("5"), HasSubstr("another disk"));
    EXPECT_THAT(choose(""), HasSubstr("a.vmdk, b.vmdk.gz"));
    EXPECT_THAT(choose("6"), HasSubstr("no disk 6"));
    EXPECT_THAT(choose("0"), HasSubstr("no disk 0"));
    EXPECT_THAT(choose("x.iso"), HasSubstr("no disk x.iso"));
    EXPECT_THROW(parse_ovf("<html/>"), Error);
}

}  // namespace
}  // namespace kiln::formats
