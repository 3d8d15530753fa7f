// Damaged and hostile files: each is a good image with one change, and is refused, or found
// damaged, with words that say what is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/vhdx/vhdx_format.h"
#include "tests/unit/formats/hostile_image.h"
#include "vhdx_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
using vhdx::BlockState;
using vhdx::kMiB;

constexpr std::size_t kRegionEntry = 16;  // of the BAT; the metadata's follows
constexpr std::size_t kItems = 65536;     // of the metadata, in their region

using Change = std::function<void(Bytes&)>;

// In both copies, with checksums that are right again.
Change header(std::size_t at, std::uint64_t value, std::size_t size) {
    return [=](Bytes& file) {
        for (const std::uint64_t copy : vhdx::kHeaderOffsets) {
            if (size == 2) store_le(file, copy + at, static_cast<std::uint16_t>(value));
            if (size == 4) store_le(file, copy + at, static_cast<std::uint32_t>(value));
            if (size == 8) store_le(file, copy + at, value);
        }
        fix_headers(file);
    };
}
Change regions(std::size_t at, std::uint64_t value, std::size_t size) {
    return [=](Bytes& file) {
        for (const std::uint64_t copy : vhdx::kRegionTableOffsets) {
            if (size == 4) store_le(file, copy + at, static_cast<std::uint32_t>(value));
            if (size == 8) store_le(file, copy + at, value);
        }
        fix_regions(file);
    };
}
Change metadata(std::size_t at, std::uint64_t value, std::size_t size) {
    return [=](Bytes& file) {
        const std::size_t place = VhdxBuilder::kMetadata + at;
        if (size == 2) store_le(file, place, static_cast<std::uint16_t>(value));
        if (size == 4) store_le(file, place, static_cast<std::uint32_t>(value));
        if (size == 8) store_le(file, place, value);
    };
}
Change item_entry(std::size_t item, std::size_t at, std::uint32_t value) {
    return metadata(32 + item * 32 + at, value, 4);
}
Change bat(std::size_t index, std::uint64_t entry) {
    return [=](Bytes& file) { store_le(file, VhdxBuilder::kBat + 8 * index, entry); };
}

// A log waits: what is said of it counts.
Change with_log(const Change& change) {
    return both(header(48, 1, 8), change);
}

using Case = HostileCase<Bytes>;

class VhdxFiles : public HostileFile<Bytes> {
  protected:
    VhdxFiles() : HostileFile(kVhdxFormat, "disk.vhdx") {
        builder_.disk_size = 5 * kMiB;
        builder_.blocks[0] = {BlockState::FullyPresent, Bytes(kMiB, std::byte{'a'})};
        builder_.blocks[3] = {BlockState::FullyPresent, Bytes(kMiB, std::byte{'b'})};
    }
    void write(const Change& change) {
        Bytes bytes = builder_.build();
        change(bytes);
        write_text(path_, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }

    VhdxBuilder builder_;
};

using VhdxRefused = VhdxFiles;

TEST_P(VhdxRefused, WithItsReason) {
    write(GetParam().change);
    expect_refused(GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    Headers, VhdxRefused,
    testing::Values(
        Case{"Empty", cut(0), "file type identifier"},
        Case{"OnlyTheSignature", cut(8), "the file ends before it"},
        Case{"CutInTheFirstHeader", cut(65536 + 100), "the file ends before it"},
        Case{"CutBeforeTheRegions", cut(150 << 10), "region tables"},
        Case{"CutInTheRegions", cut(200 << 10), "region tables"},
        Case{"CutBehindTheRegions", cut(320 << 10), "outside of the file"},
        Case{"CutInTheMetadata", cut(2 * kMiB + 100), "outside of the file"},
        Case{"CutInTheTable", cut(3 * kMiB + 100), "outside of the file"},
        Case{"CutBeforeTheBlocks", cut(4 * kMiB), "outside of the file"},
        Case{"CutInTheLastBlock", cut(6 * kMiB - 1), "outside of the file"},
        Case{"NoSignature", [](Bytes& file) { file[0] = std::byte{0}; }, "file type identifier"},
        Case{"HeaderSignatures", header(0, 0, 4), "its signature is missing"},
        Case{"HeaderChecksums",
             [](Bytes& file) { file[65536 + 9] = file[131072 + 9] = std::byte{1}; }, "checksum"},
        Case{"EqualNumbersOfDifferentHeaders",
             both(header(8, 5, 8),
                  [](Bytes& file) {
                      file[65536 + 20] = std::byte{1};
                      fix_headers(file);
                  }),
             "neither is the newer"},
        Case{"Version0", header(66, 0, 2), "version 0"},
        Case{"Version2", header(66, 2, 2), "version 2"},
        Case{"LogVersion", header(64, 1, 2), "log version 1"},
        Case{"LogLengthNotWhole", header(68, 4096, 4), "multiples of 1 MiB"},
        Case{"LogOffsetNotWhole", header(72, kMiB + 512, 8), "multiples of 1 MiB"},
        Case{"LogWaitsWithoutRoom", with_log(header(68, 0, 4)), "outside of the file"},
        Case{"LogWaitsInTheHeaders", with_log(header(72, 0, 8)), "outside of the file"},
        Case{"LogWaitsBehindTheEnd", with_log(header(72, 6 * kMiB, 8)), "outside of the file"},
        Case{"LogWaitsFarAway", with_log(header(72, ~(kMiB - 1), 8)), "outside of the file"},
        Case{"LogWaitsAndIsLarge", with_log(header(68, 0xfff00000, 4)), "outside of the file"},
        Case{"LogWaitsAndIsEmpty", with_log([](Bytes&) {}), "no sequence of entries"}),
    name_of<Bytes>);

INSTANTIATE_TEST_SUITE_P(
    Regions, VhdxRefused,
    testing::Values(
        Case{"Signature", regions(0, 0, 4), "its signature is missing"},
        Case{"Checksum", [](Bytes& file) { file[196608 + 9] = file[262144 + 9] = std::byte{1}; },
             "checksum"},
        Case{"NoEntries", regions(8, 0, 4), "block allocation table"},
        Case{"OneEntry", regions(8, 1, 4), "does not name the metadata"},
        Case{"Entries2048", regions(8, 2048, 4), "2048 entries"},
        Case{"EntriesAtTheLimit", regions(8, ~0U, 4), "4294967295 entries"},
        Case{"UnknownOneRequired", regions(kRegionEntry, 99, 4), "unknown region"},
        Case{"UnknownOneNotRequired",
             both(regions(kRegionEntry, 99, 4), regions(kRegionEntry + 28, 0, 4)),
             "does not name the block allocation table"},
        Case{"OneTwice",
             [](Bytes& file) {
                 for (const std::uint64_t copy : vhdx::kRegionTableOffsets) {
                     std::copy_n(file.begin() + static_cast<long>(copy + kRegionEntry), 32,
                                 file.begin() + static_cast<long>(copy + kRegionEntry + 32));
                 }
                 fix_regions(file);
             },
             "twice"},
        Case{"TableNotAligned", regions(kRegionEntry + 16, 3 * kMiB + 512, 8), "multiples"},
        Case{"TableOfNoLength", regions(kRegionEntry + 24, 0, 4), "multiples"},
        Case{"TableOfOddLength", regions(kRegionEntry + 24, 4096, 4), "multiples"},
        Case{"TableBehindTheEnd", regions(kRegionEntry + 16, 6 * kMiB, 8), "outside"},
        Case{"TableFarAway", regions(kRegionEntry + 16, ~(kMiB - 1), 8), "outside"},
        Case{"TableTooLong", regions(kRegionEntry + 24, 0xfff00000, 4), "outside"},
        Case{"TableInTheHeaders", regions(kRegionEntry + 16, 0, 8), "overlaps"},
        Case{"TableInTheLog", regions(kRegionEntry + 16, kMiB, 8), "overlaps"},
        Case{"TableInTheMetadata", regions(kRegionEntry + 16, 2 * kMiB, 8), "overlaps"},
        Case{"MetadataInTheTable", regions(kRegionEntry + 48, 3 * kMiB, 8), "overlaps"},
        Case{"MetadataBehindTheEnd", regions(kRegionEntry + 48, 6 * kMiB, 8), "outside"}),
    name_of<Bytes>);

INSTANTIATE_TEST_SUITE_P(
    Metadata, VhdxRefused,
    testing::Values(
        Case{"Signature", metadata(0, 0, 8), "metadata table's signature"},
        Case{"NoItems", metadata(10, 0, 2), "lacks the file parameters"},
        Case{"FourItems", metadata(10, 4, 2), "lacks the physical sector size"},
        Case{"Items2048", metadata(10, 2048, 2), "2048 items"},
        Case{"Items65535", metadata(10, 65535, 2), "65535 items"},
        Case{"UnknownOneRequired", item_entry(2, 0, 99), "unknown metadata item"},
        Case{"UnknownOneNotRequired", both(item_entry(2, 0, 99), item_entry(2, 24, 0)),
             "lacks the disk's identifier"},
        Case{"OneTwice",
             [](Bytes& file) {
                 const auto table = file.begin() + static_cast<long>(VhdxBuilder::kMetadata) + 32;
                 std::copy_n(table, 32, table + 64);
             },
             "twice"},
        Case{"OffsetInTheTable", item_entry(0, 16, 65535), "outside of its region"},
        Case{"OffsetBehindTheRegion", item_entry(0, 16, kMiB), "outside of its region"},
        Case{"OffsetAtTheLimit", item_entry(0, 16, ~0U), "outside of its region"},
        Case{"LengthAtTheLimit", item_entry(0, 20, ~0U), "outside of its region"},
        Case{"LengthOf0", item_entry(1, 20, 0), "have 0 bytes"},
        Case{"LengthOf16", item_entry(1, 20, 16), "have 16 bytes"},
        Case{"BlocksOf0", metadata(kItems, 0, 4), "blocks of 0"},
        Case{"BlocksOf512KiB", metadata(kItems, 1 << 19, 4), "blocks of 524288"},
        Case{"BlocksOf3MiB", metadata(kItems, 3 << 20, 4), "blocks of 3145728"},
        Case{"BlocksOf512MiB", metadata(kItems, 1 << 29, 4), "blocks of 536870912"},
        Case{"BlocksAtTheLimit", metadata(kItems, ~0U, 4), "blocks of 4294967295"},
        Case{"DiskOf65TiB", metadata(kItems + 8, std::uint64_t{65} << 40, 8), "a disk of"},
        Case{"DiskAtTheLimit", metadata(kItems + 8, ~0ULL, 8), "a disk of"},
        Case{"DiskOfHalfASector", metadata(kItems + 8, 5 * kMiB + 100, 8), "whole sectors"},
        Case{"DiskTooLargeForItsTable", metadata(kItems + 8, std::uint64_t{1} << 40, 8),
             "too small for its disk"},
        Case{"SectorsOf0", metadata(kItems + 32, 0, 4), "sectors of 0"},
        Case{"SectorsOf1024", metadata(kItems + 32, 1024, 4), "sectors of 1024"},
        Case{"SectorsAtTheLimit", metadata(kItems + 36, ~0U, 4), "sectors of 4294967295"},
        Case{"AParentWithoutALocator", metadata(kItems + 4, 2, 4), "lacks the parent locator"}),
    name_of<Bytes>);

INSTANTIATE_TEST_SUITE_P(
    Blocks, VhdxRefused,
    testing::Values(Case{"State4", bat(1, 4), "state is not known"},
                    Case{"State5", bat(1, 5), "state is not known"},
                    Case{"AtNothing", bat(0, 6), "lies outside of the file"},
                    Case{"BehindTheEnd", bat(0, 6 * kMiB | 6), "lies outside of the file"},
                    Case{"AtTheLimit", bat(0, ~(kMiB - 1) | 6), "lies outside of the file"},
                    Case{"PartiallyPresentWithoutAParent", bat(0, 4 * kMiB | 7), "parent"}),
    name_of<Bytes>);

using VhdxDamaged = VhdxFiles;

TEST_P(VhdxDamaged, IsFoundByCheck) {
    write(GetParam().change);
    expect_damaged(GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(Blocks, VhdxDamaged,
                         testing::Values(Case{"TwoInOnePlace", bat(1, 4 * kMiB | 6), "overlaps"},
                                         Case{"InTheLog", bat(1, kMiB | 6), "overlaps"},
                                         Case{"InTheMetadata", bat(1, 2 * kMiB | 6), "overlaps"},
                                         Case{"InTheTable", bat(1, 3 * kMiB | 6), "overlaps"},
                                         Case{"ReservedBits", bat(1, 1 << 10), "Reserved bits"},
                                         Case{"OneHeader",
                                              [](Bytes& file) { file[65536 + 9] = std::byte{1}; },
                                              "Header 1"},
                                         Case{"DifferentRegionTables",
                                              [](Bytes& file) {
                                                  store_le(file, 262144 + kRegionEntry + 16,
                                                           std::uint64_t{5 * kMiB});
                                                  fix_regions(file);
                                              },
                                              "two region tables differ"}),
                         name_of<Bytes>);

class VhdxBitmaps : public VhdxFiles {
  protected:
    VhdxBitmaps() {
        builder_.set_parent("nothing.vhdx", vhdx::guid("83ed0ec3-24c8-49a6-a959-5e4bf1288bfb"));
        builder_.blocks[0].state = BlockState::PartiallyPresent;
        builder_.present = {{0, 100}};
    }
    static constexpr std::size_t kEntry = 4096;  // of the first chunk's bitmap
    std::string read_without_parent() {
        OpenOptions options = options_;
        options.ignore_backing = true;
        try {
            read_disk(*open_source(path_, options));
        } catch (const Error& error) {
            return error.to_string();
        }
        return "no error";
    }
};

TEST_F(VhdxBitmaps, MustBeWithinTheFile) {
    write([](Bytes&) {});
    EXPECT_EQ(read_without_parent(), "no error");
    EXPECT_EQ(check(), "");
    for (const std::uint64_t entry :
         {std::uint64_t{0}, std::uint64_t{6}, 4 * kMiB | 1, 99 * kMiB | 6, ~(kMiB - 1) | 6}) {
        write(bat(kEntry, entry));
        EXPECT_THAT(read_without_parent(), HasSubstr("no sector bitmap")) << entry;
        EXPECT_THAT(check(), HasSubstr("Sector bitmap 0")) << entry;
    }
}

TEST_F(VhdxBitmaps, HaveNoPlaceInADiskWithoutAParent) {
    builder_.locator.clear();
    builder_.blocks.clear();
    builder_.present.clear();
    builder_.disk_size = 4097 * kMiB;
    write(bat(kEntry, 3 * kMiB | 6));
    EXPECT_THAT(check(), HasSubstr("Sector bitmap 0 is present in a disk without a parent"));
}

TEST_F(VhdxBitmaps, EveryTruncationIsRefused) {
    const Bytes whole = builder_.build();
    for (std::size_t size = 0; size < whole.size(); size += size < kMiB ? 4096 - 1 : 65536 + 7) {
        write(cut(size));
        EXPECT_NE(read_without_parent(), "no error") << size;
        EXPECT_NE(check(), "") << size;
    }
}

}  // namespace
}  // namespace kiln::formats
