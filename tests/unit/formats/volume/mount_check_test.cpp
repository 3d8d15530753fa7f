#include "formats/volume/mount_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "disk_builder.h"
#include "tests/unit/formats/file_system/ext_image.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Fstab, ReadsEntriesAndLeavesCommentsOut) {
    const auto entries = parse_fstab(
        "# /etc/fstab\n"
        "UUID=1-2 / ext4 defaults 0 1\n"
        "\n"
        "   LABEL=data\t/srv\txfs\tnofail,noatime 0 2\n"
        "/dev/sr0 /media auto ro,noauto\n");
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[0].device, "UUID=1-2");
    EXPECT_EQ(entries[0].mount_point, "/");
    EXPECT_EQ(entries[0].type, "ext4");
    EXPECT_FALSE(entries[0].optional);
    EXPECT_EQ(entries[1].device, "LABEL=data");
    EXPECT_TRUE(entries[1].optional);
    EXPECT_TRUE(entries[2].optional);
}

TEST(Fstab, ResolvesOctalEscapes) {
    const auto entries = parse_fstab("LABEL=my\\040disk /mnt/a\\040b ext4 defaults");
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].device, "LABEL=my disk");
    EXPECT_EQ(entries[0].mount_point, "/mnt/a b");
}

TEST(Fstab, TakesAnything) {
    EXPECT_THAT(parse_fstab(""), IsEmpty());
    EXPECT_THAT(parse_fstab("\n\n#\n"), IsEmpty());
    EXPECT_THAT(parse_fstab("one two\n"), IsEmpty());
    EXPECT_EQ(parse_fstab("a\\0 b\\ c\\777").size(), 1U);
    EXPECT_THAT(parse_fstab(std::string(100'000, ' ')), IsEmpty());
}

TEST(CheckMounts, FindsNothingToMountOnAnEmptyDisk) {
    const MemorySource disk(std::vector<std::byte>(1 << 20));
    const MountReport report = check_mounts(disk);
    EXPECT_FALSE(report.mountable());
    EXPECT_THAT(report.problems, IsEmpty());
}

TEST(CheckMounts, WhatIsNotKnownIsNotCalledUnclean) {
    SparseDisk disk(1 << 20);
    const ExtImage image(disk);
    EXPECT_TRUE(check_mounts(disk).mountable());
    EXPECT_TRUE(check_mounts(disk).parts.at(0).examined);
    ExtImage(disk).put32(ExtImage::kSuper + 0x60, 0x2 | 0x80000000);
    MountReport report = check_mounts(disk);
    ASSERT_EQ(report.parts.size(), 1U);
    EXPECT_EQ(report.parts[0].problem,
              "unknown features (incompat 0x80000000, ro_compat 0x0): cannot tell");
    EXPECT_FALSE(report.mountable());
    ExtImage(disk).put16(ExtImage::kSuper + 0x3A, 0);
    EXPECT_THAT(check_mounts(disk).parts.at(0).problem, HasSubstr("not unmounted cleanly"));
}

TEST(CheckMounts, WhatIsNotLookedIntoIsNoted) {
    SparseDisk disk(1 << 20);
    disk.write(0, "LUKS\xBA\xBE");
    const MountReport report = check_mounts(disk);
    ASSERT_EQ(report.parts.size(), 1U);
    EXPECT_EQ(report.parts[0].type, "LUKS");
    EXPECT_FALSE(report.parts[0].examined);
    EXPECT_THAT(report.notes, ElementsAre("disk: LUKS is not looked into: cannot tell."));
}

}  // namespace
}  // namespace kiln::formats
