// Damaged and hostile VDIs: each is a good image with one change, and is refused, or found
// damaged, with words that say what is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/vdi/vdi_format.h"
#include "tests/unit/formats/hostile_image.h"

namespace kiln::formats {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMiB = 1 << 20;
constexpr std::size_t kMap = 512;
constexpr std::size_t kBlocks = 3;  // 3 MiB, each with a place

using Change = std::function<void(std::string&)>;

Change put(std::size_t at, std::uint64_t value, std::size_t size = 4) {
    return [=](std::string& file) {
        for (std::size_t i = 0; i < size; ++i) file[at + i] = static_cast<char>(value >> 8 * i);
    };
}
Change entry(std::size_t block, std::uint32_t value) {
    return put(kMap + 4 * block, value);
}

using Case = HostileCase<std::string>;

class VdiFiles : public HostileFile<std::string> {
  protected:
    VdiFiles() : HostileFile(kVdiFormat, "disk.vdi") {}
    static const std::string& good() {
        static const std::string file = [] {
            const TempDir directory(temp_root());
            const fs::path path = directory.path() / "good.vdi";
            write_image(MemorySource(mixed_disk(kBlocks * kMiB)),
                        {path, &kVdiFormat, {{"subformat", "static"}}});
            return read_text(path);
        }();
        return file;
    }
    void write(const Change& change) const {
        std::string file = good();
        change(file);
        write_text(path_, file);
    }
};

using VdiRefused = VdiFiles;

TEST_P(VdiRefused, WithItsReason) {
    write(GetParam().change);
    expect_refused(GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    Headers, VdiRefused,
    testing::Values(
        Case{"Signature", put(64, 0), "its signature is missing"},
        Case{"Version0", put(68, 0x00000001), "version is 0.1"},
        Case{"Version2", put(68, 0x00020000), "version is 2.0"},
        Case{"VersionAtTheLimit", put(68, ~0U), "version is 65535.65535"},
        Case{"HeaderSize0", put(72, 0), "header is too short"},
        Case{"HeaderSize383", put(72, 383), "header is too short"},
        Case{"Type0", put(76, 0), "image type is 0"}, Case{"Type5", put(76, 5), "image type is 5"},
        Case{"TypeAtTheLimit", put(76, ~0U), "image type is 4294967295"},
        Case{"TypeUndo", put(76, 3), "differencing"},
        Case{"TypeDifferencing", put(76, 4), "differencing"},
        Case{"ALink", put(439, 1, 1), "differencing"},
        Case{"AParent", put(440, 1, 1), "differencing"},
        Case{"MapInTheHeader", put(340, 511), "outside of the file"},
        Case{"MapAt0", put(340, 0), "outside of the file"},
        Case{"MapAtTheEnd", put(340, 4 * kMiB), "outside of the file"},
        Case{"MapAcrossTheEnd", put(340, 4 * kMiB - 11), "outside of the file"},
        Case{"MapFarAway", put(340, ~0U), "outside of the file"},
        Case{"MapBehindTheBlocks", put(340, 2 * kMiB), "within its block map"},
        Case{"BlocksInTheMap", put(344, kMap + 11), "within its block map"},
        Case{"BlocksAt0", put(344, 0), "within its block map"},
        Case{"BlocksAtTheEnd", put(344, 4 * kMiB), "lies outside of the file"},
        Case{"BlocksFarAway", put(344, ~0U), "lies outside of the file"},
        Case{"BlocksASectorLate", put(344, kMiB + 512), "lies outside of the file"},
        Case{"Sectors0", put(360, 0), "sectors have 0 bytes"},
        Case{"Sectors4096", put(360, 4096), "sectors have 4096 bytes"},
        Case{"SectorsAtTheLimit", put(360, ~0U), "sectors have 4294967295 bytes"},
        Case{"DiskASectorLarger", put(368, kBlocks* kMiB + 512, 8), "too few blocks"},
        Case{"DiskAtTheLimit", put(368, ~std::uint64_t{0}, 8), "too few blocks"},
        Case{"BlockSize0", put(376, 0), "block size is 0"},
        Case{"BlockSize256", put(376, 256), "block size is 256"},
        Case{"BlockSizeNoPower", put(376, 3 * kMiB), "block size is 3145728"},
        Case{"BlockSizeAtTheLimit", put(376, ~0U), "block size is 4294967295"},
        Case{"BlockSizeHalf", put(376, kMiB / 2), "too few blocks"},
        Case{"Extra1", put(380, 1), "lies outside of the file"},
        Case{"ExtraAtTheLimit", put(380, ~0U), "lies outside of the file"},
        Case{"NoBlocks", put(384, 0), "too few blocks"},
        Case{"OneBlockLess", put(384, kBlocks - 1), "too few blocks"},
        Case{"BlocksBeyondTheFile", put(384, kMiB), "outside of the file"},
        Case{"BlocksIntoTheData", put(384, kMiB / 4), "within its block map"},
        Case{"BlocksAtTheLimit", put(384, ~0U), "outside of the file"},
        // As much as blocks and their size can say.
        Case{"AllAtTheLimit",
             both(put(376, 1U << 31), both(put(384, ~0U), put(368, 0x7fffffff80000000, 8))),
             "outside of the file"}),
    name_of<std::string>);

INSTANTIATE_TEST_SUITE_P(
    Blocks, VdiRefused,
    testing::Values(Case{"OnePlaceTooFar", entry(1, kBlocks), "outside of the file"},
                    Case{"FarAway", entry(1, 0x7fffffff), "outside of the file"},
                    Case{"AtTheLimit", entry(1, 0xfffffffd), "outside of the file"}),
    name_of<std::string>);

INSTANTIATE_TEST_SUITE_P(
    Cuts, VdiRefused,
    testing::Values(Case{"Empty", cut(0), "its signature is missing"},
                    Case{"InTheText", cut(63), "its signature is missing"},
                    Case{"InTheSignature", cut(67), "its signature is missing"},
                    Case{"BehindTheSignature", cut(68), "ends within its header"},
                    Case{"InTheHeader", cut(511), "ends within its header"},
                    Case{"BehindTheHeader", cut(512), "outside of the file"},
                    Case{"InTheMap", cut(kMap + 4 * kBlocks - 1), "outside of the file"},
                    Case{"BehindTheMap", cut(kMap + 4 * kBlocks), "outside of the file"},
                    Case{"BeforeTheBlocks", cut(kMiB), "outside of the file"},
                    Case{"InTheFirstBlock", cut(kMiB + 1), "outside of the file"},
                    Case{"BeforeTheLastBlock", cut(3 * kMiB), "outside of the file"},
                    Case{"ByOneByte", cut(4 * kMiB - 1), "outside of the file"}),
    name_of<std::string>);

using VdiDamaged = VdiFiles;

TEST_P(VdiDamaged, IsReadAndFound) {
    write(GetParam().change);
    expect_damaged(GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    Maps, VdiDamaged,
    testing::Values(
        Case{"TwoShareAPlace", entry(2, 0), "Block 2 is stored where another one is."},
        Case{"APlaceIsUnused", both(entry(2, ~0U), put(388, 2)), "Place 2 in the file belongs"},
        Case{"ADiscardedOneHasAPlace", both(entry(0, 0xfffffffe), put(388, 2)), "Place 0 in the"},
        Case{"PlacesAreUnused", both(entry(0, ~0U), both(entry(1, ~0U), put(388, 1))),
             "Places 0 to 1 in the file belong to no block."},
        Case{"NothingIsCounted", put(388, 0), "counts 0 stored blocks and the map has 3"},
        Case{"TooManyAreCounted", put(388, ~0U), "counts 4294967295 stored blocks"},
        Case{"BlockSizeDouble", put(376, 2 * kMiB), "counts 3 stored blocks and the map has 2"},
        Case{"BlockSize2GiB", put(376, 1U << 31), "counts 3 stored blocks and the map has 1"}),
    name_of<std::string>);

TEST_F(VdiFiles, ALargerMapAndOtherWordsAreNoDamage) {
    for (const Change& change :
         {put(68, 0x0001ffff), put(72, ~0U), put(80, ~0U), put(84, ~std::uint64_t{0}, 8),
          put(348, ~0U), put(384, 1000), put(392, ~std::uint64_t{0}, 8)}) {
        write(change);
        EXPECT_EQ(use(), "no error");
        EXPECT_EQ(check(), "");
    }
}

TEST_F(VdiFiles, ADiskOfNoBytesNeedsNoBlocks) {
    write(both(put(368, 0, 8), both(put(384, 0), both(put(388, 0), cut(512)))));
    EXPECT_EQ(use(), "no error");
    EXPECT_EQ(check(), "");
}

// Blocks that share a place by the million: few words, little time, and a cancellation is heard.
TEST_F(VdiFiles, WhatIsWrongAMillionTimesIsCounted) {
    constexpr std::uint64_t kEntries = 1 << 20;
    constexpr std::uint64_t kData = 5 << 20;
    constexpr std::uint64_t kPlaces = 2 << 20;
    write(both(both(put(368, kEntries * 512, 8), put(376, 512)),
               both(both(put(384, kEntries), put(344, kData)), cut(512))));
    fs::resize_file(path_, kData + kPlaces * 512);
    const CheckReport report = check_image(path_, options_);
    EXPECT_EQ(report.corruptions, kEntries);  // all blocks but one, and the header's count
    EXPECT_EQ(report.leaks, kPlaces - 1);
    EXPECT_EQ(report.problems.size(), CheckReport::kMaxProblems);
    expect_check_can_be_cancelled();
}

TEST_F(VdiFiles, StretchesOfUnusedPlacesAreNamedAsOne) {
    write([](std::string&) {});
    fs::resize_file(path_, std::uint64_t{4} << 40);
    const CheckReport report = check_image(path_, options_);
    EXPECT_EQ(report.leaks, (std::uint64_t{4} << 20) - 1 - kBlocks);
    EXPECT_THAT(report.problems,
                testing::ElementsAre("Places 3 to 4194302 in the file belong to no block."));
}

}  // namespace
}  // namespace kiln::formats
