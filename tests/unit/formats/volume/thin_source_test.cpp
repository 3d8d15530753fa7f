#include "formats/volume/thin_source.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "disk_builder.h"
#include "formats/volume/range_set.h"
#include "tests/unit/formats/file_system/ext_image.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr std::uint64_t kMiB = 1024 * 1024;

std::string text_at(const Source& source, std::uint64_t offset, std::size_t length) {
    std::string text(length, '\0');
    source.read(offset, std::as_writable_bytes(std::span(text)));
    return text;
}

/// An ext2 at 1 MiB with a deleted secret in block 600, swap at 4 MiB with a secret in a page.
SparseDisk usual_disk() {
    SparseDisk disk(64 * kMiB);
    put_gpt(disk, {{2048, 4095, "root"}, {8192, 10239, "paging"}, {20480, 22527, "other"}});
    const ExtImage root(disk, kMiB);
    disk.write(kMiB + 600 * 1024, "deleted secret");
    disk.put<std::uint32_t>(4 * kMiB + 1024, 1);
    disk.put<std::uint32_t>(4 * kMiB + 1028, 255);
    disk.write(4 * kMiB + 4086, "SWAPSPACE2");
    disk.write(4 * kMiB + 9000, "swapped secret");
    disk.write(10 * kMiB + 100, "unknown content");
    disk.write(3 * kMiB, "between partitions");
    return disk;
}

const ThinReport::Part& part(const ThinReport& report, std::string_view what) {
    for (const auto& part : report.parts) {
        if (part.what == what) return part;
    }
    throw std::logic_error("no such part");
}

TEST(Thin, DropsWhatNobodyUsesAndNothingElse) {
    const SparseDisk disk = usual_disk();
    const auto thin = make_thin_source(disk);
    EXPECT_EQ(text_at(*thin, kMiB + 600 * 1024, 14), std::string(14, '\0'));
    EXPECT_EQ(text_at(*thin, 4 * kMiB + 9000, 14), std::string(14, '\0'));
    EXPECT_EQ(text_at(*thin, kMiB + 10 * 1024, 6), "hello\n");
    EXPECT_EQ(text_at(*thin, 4 * kMiB + 4086, 10), "SWAPSPACE2");
    EXPECT_EQ(text_at(*thin, 10 * kMiB + 100, 15), "unknown content");
    EXPECT_EQ(text_at(*thin, 3 * kMiB, 18), "between partitions");
    EXPECT_EQ(text_at(*thin, 512, 8), "EFI PART");
    const ThinReport& report = thin->report();
    EXPECT_EQ(part(report, "partition 1").dropped, 1004U * 1024);
    EXPECT_EQ(part(report, "partition 2").dropped, kMiB - 4096);
    EXPECT_EQ(part(report, "partition 3").skipped, "its content is not known");
    EXPECT_EQ(report.dropped, 1004U * 1024 + kMiB - 4096);
    EXPECT_EQ(report.shortest, 0U);
}

TEST(Thin, ExtentsAreExactAndHideWhatIsBelow) {
    const SparseDisk disk = usual_disk();
    const auto thin = make_thin_source(disk);
    std::vector<Extent> holes;
    std::uint64_t data = 0;
    for (std::uint64_t at = 0; at < thin->virtual_size();) {
        const Extent extent = thin->next_extent(at, thin->virtual_size() - at);
        ASSERT_EQ(extent.offset, at);
        ASSERT_GT(extent.length, 0U);
        if (extent.kind == Extent::Kind::Hole) holes.push_back(extent);
        if (extent.kind == Extent::Kind::Data) data += extent.length;
        at = extent.end();
    }
    EXPECT_THAT(holes,
                testing::ElementsAre(Extent{kMiB + 20 * 1024, 1004 * 1024, Extent::Kind::Hole},
                                     Extent{4 * kMiB + 4096, kMiB - 4096, Extent::Kind::Hole}));
    EXPECT_EQ(data + thin->report().dropped, disk.virtual_size());
    // A read over several borders at once is the disk's bytes with zeros between.
    std::string whole = text_at(*thin, 0, 8 * kMiB);
    std::string expected = text_at(disk, 0, 8 * kMiB);
    for (const Extent& hole : holes) expected.replace(hole.offset, hole.length, hole.length, '\0');
    EXPECT_TRUE(whole == expected);
}

TEST(Thin, ReadsOfAnyLengthWipeShortAndLongStretches) {
    constexpr std::uint64_t kSize = 4 * kMiB;
    SparseDisk disk(kSize);
    disk.write(0, std::string(kSize, 'x'));
    std::string expected(kSize, 'x');
    std::mt19937 random(9);
    RangeSet unused;
    for (std::uint64_t at = 0; at < kSize;) {
        const std::uint64_t length = std::min<std::uint64_t>(
            (1 + random() % (random() % 8 == 0 ? 400 : 20)) * 512, kSize - at);
        if (random() % 2 == 0) {
            unused.add(at, length);
            expected.replace(at, length, length, '\0');
        }
        at += length;
    }
    unused.commit();
    unused.finish();
    const ThinSource thin(disk, std::move(unused), {});
    for (unsigned i = 0; i < 2000; ++i) {
        const std::uint64_t at = random() % kSize;
        const std::size_t length = random() % std::min<std::uint64_t>(kSize - at, 300'000);
        ASSERT_TRUE(text_at(thin, at, length) == expected.substr(at, length))
            << at << " " << length;
    }
    EXPECT_TRUE(text_at(thin, 0, kSize) == expected);
}

TEST(Thin, AnUncleanFileSystemStaysAsItIs) {
    SparseDisk disk = usual_disk();
    disk.put<std::uint16_t>(kMiB + 1024 + 0x3A, 0);
    const auto thin = make_thin_source(disk);
    EXPECT_EQ(text_at(*thin, kMiB + 600 * 1024, 14), "deleted secret");
    EXPECT_EQ(part(thin->report(), "partition 1").skipped, "it was not unmounted cleanly");
    EXPECT_EQ(part(thin->report(), "partition 1").dropped, 0U);
    EXPECT_EQ(part(thin->report(), "partition 2").skipped, "");
}

TEST(Thin, AFileSystemThatTurnsOutDamagedLosesNothing) {
    SparseDisk disk = usual_disk();
    disk.put<std::uint16_t>(kMiB + ExtImage::kGroup + 0x0C, 1);
    const auto thin = make_thin_source(disk);
    EXPECT_EQ(text_at(*thin, kMiB + 600 * 1024, 14), "deleted secret");
    EXPECT_THAT(part(thin->report(), "partition 1").skipped, HasSubstr("1004 free"));
    EXPECT_EQ(part(thin->report(), "partition 1").dropped, 0U);
    EXPECT_EQ(thin->report().dropped, kMiB - 4096);
}

TEST(Thin, AHibernatedMachineKeepsItsWholeDisk) {
    using namespace std::string_view_literals;
    SparseDisk disk = usual_disk();
    disk.write(4 * kMiB + 4086, "S1SUSPEND\0"sv);
    const auto thin = make_thin_source(disk);
    EXPECT_EQ(thin->report().dropped, 0U);
    EXPECT_THAT(part(thin->report(), "partition 1").skipped, HasSubstr("hibernated"));
}

TEST(Thin, ADoubtfulTableKeepsTheWholeDisk) {
    SparseDisk disk = usual_disk();
    disk.write(0x10040, "_BHRfS_M");
    EXPECT_EQ(make_thin_source(disk)->report().dropped, 0U);
    SparseDisk overlapping = usual_disk();
    put_mbr_entry(overlapping, 0, 1, 0x83, 2100, 10);  // a hybrid MBR that knows something else
    const auto thin = make_thin_source(overlapping);
    EXPECT_THAT(part(thin->report(), "partition 1").skipped, HasSubstr("overlaps"));
    EXPECT_EQ(part(thin->report(), "partition 2").skipped, "");
}

TEST(Thin, LogicalVolumesAreThinnedWhereTheyLie) {
    SparseDisk disk(64 * kMiB);
    put_mbr_entry(disk, 0, 0, 0x8E, 2048, 63 * 2048);
    // The extents of 512 KiB stand the other way round, the last two are free.
    const std::string text = R"(vg { id = "g" seqno = 1 status = ["READ", "WRITE"]
        extent_size = 1024
        physical_volumes { pv0 { id = "AAAAAAaaaaAAAAaaaaAAAAaaaaAAAAAA"
            status = ["ALLOCATABLE"] pe_start = 2048 pe_count = 4 } }
        logical_volumes { root { status = ["READ", "WRITE", "VISIBLE"] segment_count = 2
            segment1 { start_extent = 0 extent_count = 1 type = "striped" stripe_count = 1
                       stripes = ["pv0", 1] }
            segment2 { start_extent = 1 extent_count = 1 type = "striped" stripe_count = 1
                       stripes = ["pv0", 0] } } } })";
    put_physical_volume(disk, kMiB, 63 * kMiB, "AAAAAAaaaaAAAAaaaaAAAAaaaaAAAAAA", text);
    SparseDisk file_system(ExtImage::kSize);
    const ExtImage image(file_system);
    file_system.write(100 * 1024, "deleted one");
    file_system.write(900 * 1024, "deleted two");
    std::vector<std::byte> half(512 * 1024);
    file_system.read(0, half);
    disk.write(2 * kMiB + 512 * 1024, half);
    file_system.read(512 * 1024, half);
    disk.write(2 * kMiB, half);
    disk.write(3 * kMiB + 5000, "in a free extent");
    const auto thin = make_thin_source(disk);
    EXPECT_EQ(text_at(disk, 2 * kMiB + 612 * 1024, 11), "deleted one");
    EXPECT_EQ(text_at(*thin, 2 * kMiB + 612 * 1024, 11), std::string(11, '\0'));
    EXPECT_EQ(text_at(disk, 2 * kMiB + 388 * 1024, 11), "deleted two");
    EXPECT_EQ(text_at(*thin, 2 * kMiB + 388 * 1024, 11), std::string(11, '\0'));
    EXPECT_EQ(text_at(*thin, 2 * kMiB + 522 * 1024, 6), "hello\n");
    EXPECT_EQ(text_at(*thin, 3 * kMiB + 5000, 16), std::string(16, '\0'));
    EXPECT_EQ(part(thin->report(), "logical volume vg/root").dropped, 1004U * 1024);
    EXPECT_EQ(part(thin->report(), "free extents of volume group vg").dropped, kMiB);
    EXPECT_EQ(text_at(*thin, kMiB + 512, 8), "LABELONE");
}

TEST(Thin, NoDamageDoesHarm) {
    // Damage in tables, labels and superblocks: an answer within the disk, and what the layout
    // calls left alone is left alone.
    SparseDisk disk = usual_disk();
    put_physical_volume(disk, 10 * kMiB, kMiB, "AAAAAAaaaaAAAAaaaaAAAAaaaaAAAAAA",
                        R"(vg { id = "g" status = ["READ", "WRITE"] extent_size = 8
        physical_volumes { pv0 { id = "AAAAAAaaaaAAAAaaaaAAAAaaaaAAAAAA" pe_start = 64
        pe_count = 240 } } logical_volumes { a { status = ["VISIBLE"] segment1 {
        start_extent = 0 extent_count = 10 type = "striped" stripe_count = 1
        stripes = ["pv0", 3] } } } })");
    std::mt19937 random(8);
    const std::uint64_t places[] = {440,
                                    512,
                                    1024,
                                    kMiB + 1024,
                                    kMiB + 2048,
                                    4 * kMiB + 1024,
                                    4 * kMiB + 4080,
                                    10 * kMiB + 512,
                                    10 * kMiB + 4096};
    std::uint64_t dropped = 0;
    for (unsigned round = 0; round < 2000; ++round) {
        SparseDisk copy = disk;
        for (unsigned i = 0; i < 1 + random() % 3; ++i) {
            const std::uint64_t at = places[random() % std::size(places)] + random() % 160;
            copy.put(at, static_cast<std::uint8_t>(random()));
        }
        if (random() % 2 == 0) seal_gpt_header(copy, 512);
        const auto thin = make_thin_source(copy);
        dropped += thin->report().dropped;
        ASSERT_LE(thin->report().dropped, 3 * kMiB);
        EXPECT_EQ(text_at(*thin, kMiB + 10 * 1024, 6), "hello\n");
    }
    EXPECT_GT(dropped, 0U);
}

TEST(Thin, StreamsAreRefused) {
    class Stream : public SparseDisk {
      public:
        using SparseDisk::SparseDisk;
        bool sequential() const override { return true; }
    };
    const Stream stream(kMiB);
    EXPECT_THROW(make_thin_source(stream), Error);
}

TEST(Thin, CanBeCancelled) {
    const SparseDisk disk = usual_disk();
    CancelSource source;
    source.cancel("test");
    EXPECT_THROW(make_thin_source(disk, source.token()), Cancelled);
}

TEST(Thin, DisksWithoutAnythingStayAsTheyAre) {
    for (const std::uint64_t size : {0ULL, 512ULL, 4096ULL, (2ULL << 40) - 512, 6ULL << 40}) {
        const SparseDisk disk(size);
        const auto thin = make_thin_source(disk);
        EXPECT_EQ(thin->virtual_size(), size);
        EXPECT_EQ(thin->report().dropped, 0U);
    }
}

TEST(RangeSets, AnswerWhatComesNext) {
    RangeSet set;
    set.add(10 * 512, 512);
    set.add(4 * 512, 1024);
    set.add(6 * 512, 512);
    set.commit();
    set.finish();
    EXPECT_EQ(set.size(), 2U);
    EXPECT_EQ(set.total(), 4U * 512);
    EXPECT_EQ(set.next(0)->offset, 4U * 512);
    EXPECT_EQ(set.next(4 * 512)->offset, 4U * 512);
    EXPECT_EQ(set.next(7 * 512 - 1)->offset, 4U * 512);
    EXPECT_EQ(set.next(7 * 512)->offset, 10U * 512);
    EXPECT_EQ(set.next(11 * 512), std::nullopt);
}

TEST(RangeSets, KeepWholeSectorsOnly) {
    RangeSet set;
    set.add(100, 400);
    set.add(1000, 600);  // 1024 to 1536
    set.add(1ULL << 49, 1 << 20);
    set.commit();
    set.finish();
    EXPECT_EQ(set.size(), 1U);
    EXPECT_EQ(set.next(0)->offset, 1024U);
    EXPECT_EQ(set.next(0)->length, 512U);
}

TEST(RangeSets, HugeRangesAreCutAndStillWhole) {
    RangeSet set;
    set.add(512, 100ULL << 40);
    set.commit();
    set.finish();
    EXPECT_EQ(set.total(), 100ULL << 40);
    std::uint64_t at = 512;
    while (const auto range = set.next(at)) {
        ASSERT_EQ(range->offset, at);
        at = range->end();
    }
    EXPECT_EQ(at, (100ULL << 40) + 512);
}

TEST(RangeSets, TheShortestGoFirstWhenThereAreTooMany) {
    RangeSet set(1000);
    std::mt19937 random(7);
    std::uint64_t at = 0;
    std::map<std::uint64_t, std::uint64_t> all;
    for (unsigned i = 0; i < 5000; ++i) {
        const std::uint64_t length = (1 + random() % 200) * 512;
        set.add(at, length);
        all[at] = length;
        at += length + 512;
    }
    set.commit();
    set.finish();
    EXPECT_LE(set.size(), 1000U);
    EXPECT_GT(set.size(), 100U);
    EXPECT_GT(set.minimum(), 0U);
    for (std::uint64_t next = 0; const auto range = set.next(next);) {
        ASSERT_EQ(all.at(range->offset), range->length);
        EXPECT_GE(range->length, set.minimum());
        next = range->end();
    }
}

TEST(RangeSets, ForgetWhatWasNotCommitted) {
    RangeSet set(8);
    set.add(0, 512 * 40);
    set.commit();
    for (unsigned i = 0; i < 20; ++i) set.add(512 * (100 + 4 * i), 512);
    set.roll_back();
    set.add(512 * 4000, 512 * 64);
    set.commit();
    set.finish();
    EXPECT_EQ(set.size(), 2U);
    EXPECT_EQ(set.total(), 512U * 104);
}

}  // namespace
}  // namespace kiln::formats
