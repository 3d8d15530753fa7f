#include "formats/volume/lvm.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "disk_builder.h"
#include "formats/volume/lvm_text.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr std::string_view kFirst = "AAAAAAaaaaAAAAaaaaAAAAaaaaAAAAAA";
constexpr std::string_view kSecond = "BBBBBBbbbbBBBBbbbbBBBBbbbbBBBBBB";

/// A group of two physical volumes of 63 extents of 1 MiB each, with `volumes` as its logical ones.
std::string group_text(std::string_view volumes, unsigned seqno = 1,
                       std::string_view status = R"("RESIZEABLE", "READ", "WRITE")") {
    return fmt::format(R"(vg {{
id = "GGGGGG-gggg-GGGG-gggg-GGGG-gggg-GGGGGG"
seqno = {}
format = "lvm2" # informational
status = [{}]
flags = []
extent_size = 2048
physical_volumes {{
pv0 {{
id = "AAAAAA-aaaa-AAAA-aaaa-AAAA-aaaa-AAAAAA"
device = "/dev/sda2"
status = ["ALLOCATABLE"]
dev_size = 131072
pe_start = 2048
pe_count = 63
}}
pv1 {{
id = "BBBBBB-bbbb-BBBB-bbbb-BBBB-bbbb-BBBBBB"
status = ["ALLOCATABLE"]
pe_start = 2048
pe_count = 63
}}
}}
logical_volumes {{
{}
}}
}}
contents = "Text Format Volume Group"
version = 1
creation_time = 1700000000
)",
                       seqno, status, volumes);
}

std::string segment(unsigned number, unsigned start, unsigned count, std::string_view stripes,
                    unsigned stripe_count = 1, std::string_view type = "striped") {
    return fmt::format(
        "segment{} {{\nstart_extent = {}\nextent_count = {}\ntype = \"{}\"\n"
        "stripe_count = {}\nstripe_size = 128\nstripes = [{}]\n}}\n",
        number, start, count, type, stripe_count, stripes);
}

std::string volume_text(std::string_view name, std::string_view segments,
                        std::string_view status = R"("READ", "WRITE", "VISIBLE")") {
    return fmt::format("{} {{\nid = \"x\"\nstatus = [{}]\nsegment_count = 1\n{}}}\n", name, status,
                       segments);
}

class Lvm : public testing::Test {
  protected:
    /// The group of two physical volumes on one disk, at 1 MiB and at 100 MiB.
    LvmGroup read(std::string_view volumes, bool second = true) {
        return read_text(group_text(volumes), second ? group_text(volumes) : "");
    }
    LvmGroup read_text(std::string_view first, std::string_view second) {
        std::vector<LvmPhysicalVolume> found;
        add(found, kMiB, kFirst, first);
        if (!second.empty()) add(found, 100 * kMiB, kSecond, second);
        return read_lvm_groups(found).at(0);
    }
    void add(std::vector<LvmPhysicalVolume>& found, std::uint64_t at, std::string_view uuid,
             std::string_view text) {
        put_physical_volume(disk_, at, 64 * kMiB, uuid, text);
        const Volume volume(disk_, {{at, 64 * kMiB}});
        found.push_back({at, 64 * kMiB, read_lvm_label(volume).value()});
    }
    std::string left_alone(std::string_view volumes, std::size_t index = 0) {
        const LvmGroup group = read(volumes);
        EXPECT_THAT(group.volumes.at(index).segments, IsEmpty());
        return group.volumes.at(index).left_alone;
    }

    SparseDisk disk_{200 * kMiB};
};

TEST_F(Lvm, ALinearVolumeIsItsSegments) {
    const LvmGroup group = read(
        volume_text("root", segment(1, 0, 10, R"("pv0", 5)") + segment(2, 10, 3, R"("pv1", 0)")));
    EXPECT_EQ(group.name, "vg");
    EXPECT_EQ(group.left_alone, "");
    EXPECT_EQ(group.size, 126 * kMiB);
    EXPECT_EQ(group.free, 113 * kMiB);
    const LvmLogicalVolume& root = group.volumes.at(0);
    EXPECT_EQ(root.name, "root");
    EXPECT_EQ(root.size, 13 * kMiB);
    ASSERT_THAT(root.segments, SizeIs(2));
    EXPECT_EQ(root.segments[0].disk_offset, (1 + 1 + 5) * kMiB);
    EXPECT_EQ(root.segments[0].length, 10 * kMiB);
    EXPECT_EQ(root.segments[1].disk_offset, (100 + 1) * kMiB);
    ASSERT_THAT(group.free_extents, SizeIs(3));
    EXPECT_EQ(group.free_extents[0].disk_offset, 2 * kMiB);
    EXPECT_EQ(group.free_extents[0].length, 5 * kMiB);
    EXPECT_EQ(group.free_extents[1].disk_offset, (2 + 15) * kMiB);
    EXPECT_EQ(group.free_extents[1].length, 48 * kMiB);
    EXPECT_EQ(group.free_extents[2].disk_offset, (101 + 3) * kMiB);
}

TEST_F(Lvm, AStripedVolumeGoesRoundItsStripes) {
    const LvmGroup group = read(volume_text("s", segment(1, 0, 4, R"("pv0", 0, "pv1", 7)", 2)));
    const auto& segments = group.volumes.at(0).segments;
    ASSERT_THAT(segments, SizeIs(4 * 16));
    EXPECT_EQ(segments[0].disk_offset, 2 * kMiB);
    EXPECT_EQ(segments[0].length, 65536U);
    EXPECT_EQ(segments[1].disk_offset, (101 + 7) * kMiB);
    EXPECT_EQ(segments[2].disk_offset, 2 * kMiB + 65536);
    EXPECT_EQ(group.free_extents.size(), 3U);
}

TEST_F(Lvm, WhatIsInTooManyPiecesSaysSo) {
    std::string stripes = segment(1, 0, 126, R"("pv0", 0, "pv1", 0)", 2);
    stripes.replace(stripes.find("stripe_size = 128"), 17, "stripe_size = 2");
    EXPECT_EQ(left_alone(volume_text("s", stripes)), "its stripes make more than 65536 pieces");
    stripes.replace(stripes.find("stripe_size = 2"), 15, "stripe_size = 4");
    EXPECT_THAT(read(volume_text("s", stripes)).volumes.at(0).segments, SizeIs(64512));
}

TEST_F(Lvm, WhatIsNotPlainIsNamedAndLeftAlone) {
    EXPECT_THAT(left_alone(volume_text("p", segment(1, 0, 4, R"("pv0", 0)", 1, "thin-pool"))),
                HasSubstr("thin-pool"));
    EXPECT_THAT(left_alone(volume_text("m", segment(1, 0, 4, R"("pv0", 0)", 1, "raid1"))),
                HasSubstr("raid1"));
    EXPECT_THAT(left_alone(volume_text("h", segment(1, 0, 4, R"("pv0", 0)"), R"("READ")")),
                HasSubstr("hidden"));
    const std::string snapshot =
        volume_text("root", segment(1, 0, 4, R"("pv0", 0)")) +
        volume_text("cow", segment(1, 0, 4, R"("pv0", 8)")) +
        volume_text("snapshot0",
                    "segment1 {\nstart_extent = 0\nextent_count = 4\ntype = \"snapshot\"\n"
                    "chunk_size = 8\norigin = \"root\"\ncow_store = \"cow\"\n}\n");
    const LvmGroup group = read(snapshot);
    EXPECT_EQ(group.volumes.at(0).left_alone, "others are made of it");
    EXPECT_EQ(group.volumes.at(1).left_alone, "others are made of it");
    EXPECT_THAT(group.volumes.at(2).left_alone, HasSubstr("snapshot"));
    EXPECT_THAT(group.free_extents, IsEmpty());
}

TEST_F(Lvm, AMissingPhysicalVolumeStopsOnlyWhatNeedsIt) {
    const LvmGroup group = read(volume_text("a", segment(1, 0, 4, R"("pv0", 0)")) +
                                    volume_text("b", segment(1, 0, 4, R"("pv1", 0)")),
                                false);
    EXPECT_THAT(group.volumes.at(0).segments, SizeIs(1));
    EXPECT_EQ(group.volumes.at(1).left_alone, "part of it is on another disk");
    EXPECT_EQ(group.size, 63 * kMiB);
    EXPECT_THAT(group.free_extents, SizeIs(1));
}

TEST_F(Lvm, CopiesThatDifferMakeTheGroupUntouchable) {
    const std::string volumes = volume_text("a", segment(1, 0, 4, R"("pv0", 0)"));
    const LvmGroup group = read_text(group_text(volumes, 1), group_text(volumes, 2));
    EXPECT_THAT(group.left_alone, HasSubstr("different stories"));
    EXPECT_THAT(group.volumes.at(0).segments, IsEmpty());
    EXPECT_THAT(group.free_extents, IsEmpty());
}

TEST_F(Lvm, ExportedAndSharedGroupsAreUntouchable) {
    const std::string volumes = volume_text("a", segment(1, 0, 4, R"("pv0", 0)"));
    const LvmGroup group = read_text(group_text(volumes, 1, R"("EXPORTED", "WRITE")"), "");
    EXPECT_EQ(group.left_alone, "it is exported");
    EXPECT_THAT(group.volumes.at(0).segments, IsEmpty());
}

TEST_F(Lvm, SegmentsThatCannotBeAreLeftAlone) {
    const auto alone = [&](std::string_view segments) {
        return read(volume_text("a", segments)).volumes.at(0).left_alone;
    };
    EXPECT_THAT(alone(segment(1, 0, 64, R"("pv0", 0)")), HasSubstr("beyond"));
    EXPECT_THAT(alone(segment(1, 0, 1, R"("pv0", 63)")), HasSubstr("beyond"));
    EXPECT_THAT(alone(segment(1, 0, 1, R"("pv0", 18446744073709551615)")), HasSubstr("beyond"));
    EXPECT_THAT(alone(segment(1, 5, 1, R"("pv0", 0)")), HasSubstr("follow each other"));
    EXPECT_THAT(alone(segment(1, 0, 1, R"("pv9", 0)")), HasSubstr("cannot be understood"));
    EXPECT_THAT(alone(segment(1, 0, 1, R"("pv0")")), HasSubstr("cannot be understood"));
    EXPECT_THAT(alone(segment(1, 0, 3, R"("pv0", 0, "pv1", 0)", 2)), HasSubstr("understood"));
    EXPECT_THAT(alone(segment(1, 0, 0, R"("pv0", 0)")), HasSubstr("impossible length"));
    EXPECT_THAT(alone(segment(1, 0, 1, "", 4000000000U)), HasSubstr("cannot be understood"));
}

TEST_F(Lvm, FreeExtentsAreKnownOnlyWhereAllIsUnderstood) {
    for (const auto& broken : {segment(1, 0, 4, R"("pv0", 0)", 2), segment(1, 1, 4, R"("pv0", 0)"),
                               segment(1, 0, 4, R"("pv0", 0)", 1, "writecache")}) {
        EXPECT_THAT(read(volume_text("a", broken)).free_extents, IsEmpty());
    }
}

TEST_F(Lvm, TwoVolumesOnTheSameExtentsMakeTheGroupUntouchable) {
    const LvmGroup group = read(volume_text("a", segment(1, 0, 4, R"("pv0", 0)")) +
                                volume_text("b", segment(1, 0, 4, R"("pv0", 3)")));
    EXPECT_THAT(group.left_alone, HasSubstr("same extents"));
}

TEST_F(Lvm, TextBombsAreRefused) {
    std::string deep;
    for (int i = 0; i < 100000; ++i) deep += "a{";
    EXPECT_THROW(parse_lvm_text(deep), Error);
    std::string wide;
    for (int i = 0; i < 200000; ++i) wide += "a=1\n";
    EXPECT_THROW(parse_lvm_text(wide), Error);
    std::string list = "a=[";
    for (int i = 0; i < 200000; ++i) list += "1,";
    EXPECT_THROW(parse_lvm_text(list + "]"), Error);
    for (const char* text : {"a", "a=", "a=[", "a=[1", "a=\"", "a=\"\\", "}", "a{", "a{b=1", "=1",
                             "a=[1 2]", "a=[,]", "\x01", "a={}"}) {
        EXPECT_THROW(parse_lvm_text(text), Error) << text;
    }
    EXPECT_NO_THROW(parse_lvm_text(""));
    EXPECT_NO_THROW(parse_lvm_text("# a comment without an end"));
}

TEST_F(Lvm, DamagedLabelsAndAreasAreRefused) {
    const std::string text = group_text("");
    const auto refusal = [&](std::uint64_t at, std::uint64_t value) -> std::string {
        SparseDisk copy(64 * kMiB);
        put_physical_volume(copy, 0, 64 * kMiB, kFirst, text);
        copy.put(at, value);
        const Volume volume(copy, {{0, 64 * kMiB}});
        try {
            read_lvm_label(volume);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    };
    EXPECT_THAT(refusal(512 + 64, 7), HasSubstr("label's checksum"));
    EXPECT_THAT(refusal(4096 + 40, 7), HasSubstr("header is damaged"));
    EXPECT_THAT(refusal(4096 + 512, ~0ULL), HasSubstr("metadata's checksum"));
}

TEST_F(Lvm, NoDamageDoesHarm) {
    const std::string text = group_text(
        volume_text("root", segment(1, 0, 10, R"("pv0", 5)") + segment(2, 10, 3, R"("pv1", 0)")) +
        volume_text("s", segment(1, 0, 4, R"("pv0", 20, "pv1", 7)", 2)));
    std::mt19937 random(6);
    unsigned read = 0;
    for (unsigned round = 0; round < 3000; ++round) {
        std::string damaged = text;
        for (unsigned i = 0; i < 1 + random() % 3; ++i) {
            constexpr std::string_view kLetters = "0123456789{}[]\"=,#\n \\ax\xFF";
            damaged[random() % damaged.size()] = kLetters[random() % kLetters.size()];
        }
        LvmLabel label{std::string(kFirst), 64 * kMiB, damaged};
        LvmLabel other{std::string(kSecond), 64 * kMiB, ""};
        try {
            for (const auto& group :
                 read_lvm_groups({{kMiB, 64 * kMiB, label}, {100 * kMiB, 64 * kMiB, other}})) {
                for (const auto& volume : group.volumes) Volume(disk_, volume.segments);
                for (const auto& part : group.free_extents) {
                    EXPECT_TRUE(fits(part.disk_offset, part.length, disk_.virtual_size()));
                }
            }
            ++read;
        } catch (const Error&) {
        }
    }
    EXPECT_GT(read, 300U);
}

}  // namespace
}  // namespace kiln::formats
