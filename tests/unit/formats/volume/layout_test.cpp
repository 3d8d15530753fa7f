#include "formats/volume/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "disk_builder.h"
#include "formats/volume/signature.h"
#include "tests/unit/formats/file_system/ext_image.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using Kind = LayoutNode::Kind;

constexpr std::uint64_t kMiB = 1024 * 1024;

/// A disk of 64 MiB: an ext2 with an operating system, one without a table entry's worth of
/// doubt, swap, and the rest free.
SparseDisk usual_disk() {
    SparseDisk disk(64 * kMiB);
    put_gpt(disk, {{2048, 4095, "root"}, {8192, 10239, "paging"}, {20480, 22527, "other"}});
    ExtImage root(disk, kMiB);
    root.directory(9, {{2, "."}, {2, ".."}, {13, "etc"}});
    root.directory(11, {{13, "."}, {2, ".."}, {14, "os-release"}});
    disk.write(root.base + 12 * 1024, "NAME=x\nPRETTY_NAME=\"Tiny Linux 1\"\n");
    root.put32(ExtImage::inode_at(14) + 4, 35);
    disk.put<std::uint32_t>(4 * kMiB + 1024, 1);
    disk.put<std::uint32_t>(4 * kMiB + 1028, 255);
    disk.write(4 * kMiB + 4086, "SWAPSPACE2");
    return disk;
}

TEST(Volumes, ReadThroughTheirSegments) {
    SparseDisk disk(kMiB);
    disk.write(1000, "cd");
    disk.write(5000, "ab");
    const Volume volume(disk, {{5000, 2}, {0, 0}, {1000, 2}});
    EXPECT_EQ(volume.size(), 4U);
    std::array<std::byte, 4> bytes;
    volume.read(0, bytes);
    EXPECT_EQ(std::memcmp(bytes.data(), "abcd", 4), 0);
    EXPECT_THROW(volume.read(1, bytes), Error);
    EXPECT_THROW(volume.read(~std::uint64_t{0}, bytes), Error);
    EXPECT_THROW(Volume(disk, {{kMiB, 1}}), Error);
    EXPECT_THROW(Volume(disk, {{1, ~std::uint64_t{0}}}), Error);
}

TEST(Layout, IsATreeOfWhatIsFound) {
    const LayoutNode layout = read_layout(usual_disk());
    EXPECT_EQ(layout.kind, Kind::Disk);
    EXPECT_EQ(layout.type, "gpt");
    std::vector<std::string> titles;
    for (const LayoutNode& node : layout.children) titles.push_back(title_of(node));
    EXPECT_THAT(titles, testing::ElementsAre("partition 1", "gap", "partition 2", "gap",
                                             "partition 3", "gap"));
    const LayoutNode& root = layout.children[0];
    EXPECT_EQ(root.name, "root");
    EXPECT_EQ(root.file_system->type, "ext2");
    EXPECT_EQ(root.os, "Tiny Linux 1");
    EXPECT_EQ(root.left_alone, "");
    EXPECT_EQ(layout.children[2].file_system->type, "swap");
    EXPECT_EQ(layout.children[4].content, "unknown");
}

TEST(Layout, AFileSystemMayFillTheDisk) {
    SparseDisk disk(ExtImage::kSize);
    const ExtImage image(disk);
    const LayoutNode layout = read_layout(disk);
    EXPECT_EQ(layout.type, "");
    EXPECT_EQ(layout.file_system->label, "tiny");
    EXPECT_THAT(layout.children, SizeIs(0));
}

TEST(Layout, OffsetsAreNamed) {
    const SparseDisk disk = usual_disk();
    const LayoutNode layout = read_layout(disk);
    const auto at = [&](std::uint64_t offset) { return describe_offset(disk, layout, offset); };
    EXPECT_EQ(at(0), "between partitions");
    EXPECT_EQ(at(kMiB + 12 * 1024), "partition 1: /etc/os-release");
    EXPECT_EQ(at(kMiB + 500 * 1024), "partition 1: [free]");
    EXPECT_EQ(at(4 * kMiB + 8192), "partition 2: [swap]");
    EXPECT_EQ(at(10 * kMiB), "partition 3");
    EXPECT_EQ(at(64 * kMiB - 1), "between partitions");
}

TEST(Layout, OverlappingPartitionsAreLeftAlone) {
    SparseDisk disk(64 * kMiB);
    put_mbr_entry(disk, 0, 0, 0x83, 2048, 10000);
    put_mbr_entry(disk, 0, 1, 0x83, 4096, 100);
    put_mbr_entry(disk, 0, 2, 0x83, 12047, 100);
    put_mbr_entry(disk, 0, 3, 0x83, 30000, 100);
    const LayoutNode layout = read_layout(disk);
    std::map<unsigned, std::string> alone;
    for (const LayoutNode& node : layout.children) alone[node.number] = node.left_alone;
    for (const unsigned number : {1U, 2U, 3U}) EXPECT_THAT(alone[number], HasSubstr("overlaps"));
    EXPECT_EQ(alone[4], "");
}

TEST(Layout, APartitionOverTheTableIsLeftAlone) {
    SparseDisk disk(64 * kMiB);
    put_mbr_entry(disk, 0, 0, 0x83, 0, 10000);
    EXPECT_THAT(read_layout(disk).children.at(0).left_alone, HasSubstr("overlaps"));
    SparseDisk logical(64 * kMiB);
    put_mbr_entry(logical, 0, 0, 0x05, 2048, 65536);
    put_mbr_entry(logical, 2048, 0, 0x83, 64, 1000);
    put_mbr_entry(logical, 2048, 1, 0x05, 500, 5000);  // the next table lies in the partition
    put_mbr_entry(logical, 2548, 0, 0x83, 2000, 1000);
    EXPECT_THAT(read_layout(logical).children.at(1).left_alone, HasSubstr("overlaps"));
}

TEST(Layout, AFileSystemUnderATableIsTrustedByNobody) {
    SparseDisk disk = usual_disk();
    disk.write(0x10040, "_BHRfS_M");
    EXPECT_THAT(read_layout(disk).left_alone, HasSubstr("bears the signs of btrfs"));
}

TEST(Layout, WhatIsKnownByItsMagicIsNamed) {
    using namespace std::string_view_literals;
    struct Case {
        std::string_view name;
        std::uint64_t offset;
        std::string_view magic;
    };
    constexpr std::uint64_t kSize = 4 * kMiB;
    for (const Case& c :
         {Case{"LUKS", 0, "LUKS\xBA\xBE\0\2"sv}, Case{"BitLocker", 3, "-FVE-FS-"},
          Case{"btrfs", 0x10040, "_BHRfS_M"}, Case{"Linux RAID member", 4096, "\xFC\x4E\x2B\xA9"},
          Case{"Linux RAID member", kSize - 8192, "\xFC\x4E\x2B\xA9"},
          Case{"Linux RAID member", kSize - 65536, "\xFC\x4E\x2B\xA9"},
          Case{"ISO 9660", 32769, "CD001"}, Case{"squashfs", 0, "hsqs"},
          Case{"ZFS", 128 * 1024, "\x0C\xB1\xBA\0\0\0\0\0"sv},
          Case{"bcache", 4120, "\xC6\x85\x73\xF6\x4E\x1A\x45\xCA\x82\x65\xF5\x7F\x48\xBA\x6D\x81"},
          Case{"exFAT", 3, "EXFAT   "}}) {
        SparseDisk disk(kSize);
        const ExtImage hidden(disk);  // what lies in it must not be believed
        disk.write(c.offset, c.magic);
        const Volume volume(disk, {{0, kSize}});
        EXPECT_EQ(untouched_content(volume), c.name);
        const LayoutNode layout = read_layout(disk);
        EXPECT_EQ(layout.content, c.name);
        EXPECT_FALSE(layout.file_system);
        EXPECT_THAT(layout.left_alone, HasSubstr(std::string(c.name)));
    }
    for (const std::uint64_t size : {0ULL, 512ULL, 8192ULL, 6ULL << 40}) {
        const SparseDisk disk(size);
        EXPECT_EQ(untouched_content(Volume(disk, {{0, size}})), "");
    }
}

TEST(Layout, APhysicalVolumeUnderAFileSystemIsLeftAlone) {
    SparseDisk disk(4 * kMiB);
    put_physical_volume(disk, 0, 4 * kMiB, "AAAAAAaaaaAAAAaaaaAAAAaaaaAAAAAA", R"(vg { id = "g"
        status = ["READ", "WRITE"] extent_size = 1024 physical_volumes { pv0 {
        id = "AAAAAAaaaaAAAAaaaaAAAAaaaaAAAAAA" pe_start = 2048 pe_count = 4 } } })");
    EXPECT_THAT(read_layout(disk).children, SizeIs(1));
    EXPECT_EQ(read_layout(disk).children[0].free_extents.size(), 1U);
    ExtImage image(disk);
    const LayoutNode layout = read_layout(disk);
    EXPECT_THAT(layout.left_alone, HasSubstr("of LVM2 and of ext2"));
    EXPECT_THAT(layout.children, SizeIs(0));
}

TEST(Layout, DamageIsSaidAndTheRestIsRead) {
    SparseDisk disk = usual_disk();
    disk.put<std::uint32_t>(kMiB + 1024 + 0x20, 3);
    const LayoutNode layout = read_layout(disk);
    EXPECT_THAT(layout.children[0].note, HasSubstr("groups have an impossible size"));
    EXPECT_THAT(layout.children[0].left_alone, HasSubstr("damaged"));
    EXPECT_EQ(layout.children[2].file_system->type, "swap");
}

}  // namespace
}  // namespace kiln::formats
