// Damaged and hostile VHDs: each is a good image with one change, its checksums right again, and is
// refused, or found damaged, with words that say what is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/vhd/vhd_format.h"
#include "tests/unit/formats/hostile_image.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

// Where the writer puts what of a disk of 3 MiB.
constexpr std::size_t kMiB = 1 << 20;
constexpr std::size_t kHeader = 512;
constexpr std::size_t kTable = 1536;
constexpr std::size_t kBitmap = 8192 - 512;  // of the first block
constexpr std::size_t kStride = 2 * kMiB + 4096;
constexpr std::size_t kSecond = (kBitmap + kStride) / 512;  // in the table
constexpr std::size_t kEnd = 4096 + 2 * kStride;            // of the blocks: the footer
constexpr std::size_t kSize = kEnd + 512;

using Change = std::function<void(std::string&)>;

void store(std::string& file, std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        file[at + i] = static_cast<char>(value >> 8 * (size - 1 - i));
    }
}
void seal(std::string& file, std::size_t at, std::size_t size, std::size_t field) {
    store(file, at + field, 0, 4);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += static_cast<unsigned char>(file[at + i]);
    store(file, at + field, static_cast<std::uint32_t>(~sum), 4);
}
Change any(std::size_t at, std::uint64_t value, std::size_t size) {
    return [=](std::string& file) { store(file, at, value, size); };
}
// In both copies.
Change footer(std::size_t at, std::uint64_t value, std::size_t size) {
    return [=](std::string& file) {
        for (const std::size_t copy : {std::size_t{0}, file.size() - 512}) {
            store(file, copy + at, value, size);
            seal(file, copy, 512, 64);
        }
    };
}
Change header(std::size_t at, std::uint64_t value, std::size_t size) {
    return [=](std::string& file) {
        store(file, kHeader + at, value, size);
        seal(file, kHeader, 1024, 36);
    };
}
Change entry(std::size_t block, std::uint64_t sector) {
    return any(kTable + 4 * block, sector, 4);
}
// A child that names its parent as Windows does.
Change child(const Change& more) {
    return both(footer(60, 4, 4), more);
}
// The first of the eight locators, of a relative path.
Change locator(std::uint32_t length, std::uint64_t offset) {
    return both(header(576, 0x57327275, 4),
                both(header(576 + 8, length, 4), header(576 + 16, offset, 8)));
}

using Case = HostileCase<std::string>;

std::string good_image(const std::string& subformat) {
    const TempDir directory(temp_root());
    const fs::path path = directory.path() / "good.vhd";
    write_image(MemorySource(mixed_disk(3 * kMiB)),
                {path, &kVhdFormat, {{"subformat", subformat}}});
    return read_text(path);
}

class VhdFiles : public HostileFile<std::string> {
  protected:
    VhdFiles() : HostileFile(kVhdFormat, "disk.vhd") { options_.allow_backing = true; }
    static const std::string& good() {
        static const std::string file = good_image("dynamic");
        return file;
    }
    void write(const Change& change) const {
        std::string file = good();
        ASSERT_EQ(file.size(), kSize);
        change(file);
        write_text(path_, file);
    }
};

using VhdRefused = VhdFiles;

TEST_P(VhdRefused, WithItsReason) {
    write(GetParam().change);
    expect_refused(GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    Footers, VhdRefused,
    testing::Values(
        Case{"NoCookies", both(any(0, 0, 8), any(kEnd, 0, 8)), "it has no footer"},
        Case{"Checksums", both(any(67, 0, 1), any(kEnd + 67, 0, 1)), "there is no good copy"},
        Case{"FieldsWithoutTheirSum", both(any(30, 0, 1), any(kEnd + 30, 0, 1)), "no good copy"},
        Case{"HeaderAt0", footer(16, 0, 8), "its dynamic header is missing"},
        Case{"HeaderInTheTable", footer(16, kTable, 8), "its dynamic header is missing"},
        Case{"HeaderAByteEarly", footer(16, kHeader - 1, 8), "its dynamic header is missing"},
        Case{"HeaderAcrossTheEnd", footer(16, kSize - 1023, 8), "header lies outside of the file"},
        Case{"HeaderAtTheEnd", footer(16, kSize, 8), "header lies outside of the file"},
        Case{"HeaderFarAway", footer(16, ~std::uint64_t{511}, 8), "header lies outside"},
        Case{"HeaderNowhere", footer(16, ~std::uint64_t{0}, 8), "header lies outside"},
        Case{"DiskOfHalfASector", footer(48, 3 * kMiB + 256, 8), "no whole number of sectors"},
        Case{"DiskASectorBeyondTheTable", footer(48, 4 * kMiB + 512, 8), "too small for its disk"},
        Case{"DiskAtTheLimit", footer(48, ~std::uint64_t{511}, 8), "too small for its disk"},
        Case{"DiskAByteFromTheLimit", footer(48, ~std::uint64_t{0}, 8), "no whole number"},
        Case{"Type0", footer(60, 0, 4), "there is no good copy"},
        Case{"Type1", footer(60, 1, 4), "there is no good copy"},
        Case{"Type5", footer(60, 5, 4), "there is no good copy"},
        Case{"TypeAtTheLimit", footer(60, ~0U, 4), "there is no good copy"},
        Case{"FixedAndLarger", both(footer(48, kEnd + 512, 8), footer(60, 2, 4)), "holds only"},
        Case{"FixedAtTheLimit", both(footer(48, ~std::uint64_t{511}, 8), footer(60, 2, 4)),
             "holds only"}),
    name_of<std::string>);

INSTANTIATE_TEST_SUITE_P(
    Headers, VhdRefused,
    testing::Values(
        Case{"Cookie", header(0, 0, 8), "its dynamic header is missing"},
        Case{"Checksum", any(kHeader + 39, 0, 1), "checksum of its dynamic header"},
        Case{"AReservedByte", any(kHeader + 1000, 1, 1), "checksum of its dynamic header"},
        Case{"TableAt0", header(16, 0, 8), "lies over its headers"},
        Case{"TableInTheFooter", header(16, 511, 8), "lies over its headers"},
        Case{"TableOnTheHeader", header(16, kHeader, 8), "lies over its headers"},
        Case{"TableInTheHeader", header(16, kTable - 1, 8), "lies over its headers"},
        Case{"TableAcrossTheEnd", header(16, kSize - 7, 8), "table lies outside of the file"},
        Case{"TableAtTheEnd", header(16, kSize, 8), "table lies outside of the file"},
        Case{"TableFarAway", header(16, ~std::uint64_t{511}, 8), "table lies outside of the file"},
        Case{"TableNowhere", header(16, ~std::uint64_t{0}, 8), "table lies outside of the file"},
        Case{"TableInTheLastSector", header(16, kEnd, 8), "block lies outside of the file"},
        Case{"NoEntries", header(28, 0, 4), "too small for its disk"},
        Case{"OneEntryLess", header(28, 1, 4), "too small for its disk"},
        Case{"EntriesToTheEnd", header(28, (kSize - kTable) / 4 + 1, 4), "table lies outside"},
        Case{"EntriesAtTheLimit", header(28, ~0U, 4), "table lies outside of the file"},
        Case{"BlockSize0", header(32, 0, 4), "block size is 0"},
        Case{"BlockSize256", header(32, 256, 4), "block size is 256"},
        Case{"BlockSize512", header(32, 512, 4), "too small for its disk"},
        Case{"BlockSizeNoPower", header(32, 3 * kMiB, 4), "block size is 3145728"},
        Case{"BlockSizeAtTheLimit", header(32, ~0U, 4), "block size is 4294967295"},
        Case{"BlockSizeHalf", header(32, kMiB, 4), "too small for its disk"},
        // Their bitmaps are larger than the blocks that are there.
        Case{"BlockSize2GiB", both(header(32, 1U << 31, 4), entry(0, kSecond)),
             "lies outside of the file"}),
    name_of<std::string>);

INSTANTIATE_TEST_SUITE_P(
    Blocks, VhdRefused,
    testing::Values(Case{"AtTheEnd", entry(1, kSize / 512), "lies outside of the file"},
                    Case{"AcrossTheEnd", entry(1, kSecond + 2050 + 8), "lies outside of the file"},
                    Case{"FarAway", entry(1, 0x7fffffff), "lies outside of the file"},
                    Case{"AtTheLimit", entry(1, 0xfffffffe), "lies outside of the file"},
                    Case{"FirstAtTheLimit", entry(0, 0xfffffffe), "lies outside of the file"}),
    name_of<std::string>);

INSTANTIATE_TEST_SUITE_P(
    Cuts, VhdRefused,
    testing::Values(Case{"Empty", cut(0), "it has no footer"},
                    Case{"InTheCookie", cut(7), "it has no footer"},
                    Case{"BehindTheCookie", cut(8), "it has no footer"},
                    Case{"InTheFooter", cut(510), "it has no footer"},
                    Case{"TheLastByteOfTheFooter", cut(511), "header lies outside of the file"},
                    Case{"BehindTheFooter", cut(512), "header lies outside of the file"},
                    Case{"InTheHeader", cut(kTable - 1), "header lies outside of the file"},
                    Case{"BehindTheHeader", cut(kTable), "table lies outside of the file"},
                    Case{"InTheTable", cut(kTable + 7), "table lies outside of the file"},
                    Case{"BehindTheTable", cut(kTable + 8), "block lies outside of the file"},
                    Case{"InTheBitmap", cut(kBitmap + 100), "block lies outside of the file"},
                    Case{"BehindTheBitmap", cut(kBitmap + 512), "block lies outside of the file"},
                    Case{"InTheFirstBlock", cut(kBitmap + kMiB), "block lies outside of the file"},
                    Case{"InTheSecondBitmap", cut(kSecond * 512 + 100),
                         "block lies outside of the file"},
                    // The disk ends within the last block.
                    Case{"AByteOfTheDisk", cut(kEnd - kMiB - 1), "block lies outside of the file"}),
    name_of<std::string>);

INSTANTIATE_TEST_SUITE_P(
    Parents, VhdRefused,
    testing::Values(
        Case{"NoName", child(header(64, 0, 8)), "does not say which"},
        Case{"LocatorTooLong", child(locator(65537, 0)), "too long"},
        Case{"LocatorAtTheLimit", child(locator(~0U, 0)), "too long"},
        Case{"LocatorAcrossTheEnd", child(locator(4, kSize - 3)), "outside of the file"},
        Case{"LocatorFarAway", child(locator(4, ~std::uint64_t{0})), "outside of the file"},
        Case{"LocatorOfNuls", child(locator(16, kHeader + 900)), "does not say which"},
        Case{"LocatorOfAHeader", child(locator(1024, kHeader)), "cannot open"},
        Case{"LocatorOfOneByte", child(locator(1, kHeader)), "does not say which"},
        Case{"NobodyIsThere", child(header(64, 0x0061006200630064, 8)), "abcd"}),
    name_of<std::string>);

using VhdDamaged = VhdFiles;

TEST_P(VhdDamaged, IsReadAndFound) {
    write(GetParam().change);
    expect_damaged(GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    Tables, VhdDamaged,
    testing::Values(
        Case{"BlockOnTheFooter", entry(1, 0), "Block 1 lies over the file's tables."},
        Case{"BlockOnTheHeader", entry(1, 1), "Block 1 lies over the file's tables."},
        Case{"BlockOnTheTable", entry(1, 3), "Block 1 lies over the file's tables."},
        Case{"TwoAtOnePlace", entry(1, kBitmap / 512), "Block 1 overlaps another one."},
        Case{"OneWithinTheOther", entry(1, kBitmap / 512 + 1), "Block 1 overlaps another one."},
        Case{"OneAtTheOthersEnd", entry(1, kSecond - 8), "Block 1 overlaps another one."},
        Case{"OneBeforeTheOther", entry(0, kSecond - 4096), "overlaps another one."},
        Case{"BlockOnTheLastFooter", entry(1, kSecond + 2049), "outside of the file's data"},
        Case{"LeadingFooter", any(0, 0, 8), "copy of the footer at the beginning"},
        Case{"LeadingChecksum", any(67, 0, 1), "copy of the footer at the beginning"},
        Case{"TrailingFooter", any(kEnd, 0, 8), "footer at the end of the file is missing"},
        Case{"TrailingChecksum", any(kEnd + 67, 0, 1), "footer at the end of the file is damaged"},
        Case{"FootersThatDiffer",
             [](std::string& file) {
                 store(file, kEnd + 24, 77, 4);
                 seal(file, kEnd, 512, 64);
             },
             "differ"},
        Case{"NothingBehindTheDisk", cut(kEnd - kMiB), "footer at the end of the file is missing"},
        Case{"GarbageBehindIt", [](std::string& file) { file += "garbage"; }, "is missing"}),
    name_of<std::string>);

TEST_F(VhdFiles, OtherWordsAreNoDamage) {
    for (const Change& change :
         {footer(8, ~0U, 4), footer(12, ~0U, 4), footer(24, ~0U, 4), footer(28, ~0U, 4),
          footer(32, ~0U, 4), footer(36, ~0U, 4), footer(40, ~std::uint64_t{0}, 8),
          footer(56, ~0U, 4), footer(56, 0, 4), footer(68, ~std::uint64_t{0}, 8), footer(84, 1, 1),
          header(8, 0, 8), header(40, ~std::uint64_t{0}, 8), header(56, ~0U, 4),
          // A table may be larger than its disk needs.
          header(28, 128, 4)}) {
        write(change);
        EXPECT_EQ(use(), "no error");
        EXPECT_EQ(check(), "");
    }
}

TEST_F(VhdFiles, AFixedDiskIsRefusedAtEveryCut) {
    const std::string fixed = good_image("fixed");
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{511}, std::size_t{512}, kMiB, 3 * kMiB - 1,
          3 * kMiB, 3 * kMiB + 7, 3 * kMiB + 8, 3 * kMiB + 510}) {
        write_text(path_, fixed.substr(0, size));
        EXPECT_THAT(use(), HasSubstr("it has no footer")) << size;
    }
    // One that was cut in the middle ends as it should and holds too little.
    write_text(path_, fixed.substr(512));
    EXPECT_THAT(use(), HasSubstr("holds only"));
}

// Blocks that lie at one place by the million: few words, little time, their bitmap read once.
TEST_F(VhdFiles, WhatIsWrongAMillionTimesIsCounted) {
    constexpr std::uint64_t kEntries = 1 << 20;
    constexpr std::uint64_t kLargest = std::uint64_t{1} << 31;
    write(both(header(28, kEntries, 4),
               both(header(32, kLargest, 4), footer(48, kEntries * kLargest, 8))));
    std::string file = read_text(path_).substr(0, kTable);
    std::string place(4, '\0');
    store(place, 0, (8 * kMiB) / 512, 4);
    for (std::uint64_t i = 0; i < kEntries; ++i) file += place;
    file.resize(8 * kMiB);
    file.append(512 << 10, '\xff');  // the bitmap
    write_text(path_, file);
    fs::resize_file(path_, std::uint64_t{3} << 30);
    const CheckReport report = check_image(path_, options_);
    EXPECT_EQ(report.corruptions, kEntries);  // all blocks but one, and the missing footer
    EXPECT_EQ(report.problems.size(), CheckReport::kMaxProblems);
    expect_check_can_be_cancelled();
}

class VhdChains : public VhdFiles {
  protected:
    // A child of the disk `parent_id` by a path relative to its own, which Windows writes with
    // backslashes.
    void write_child(const std::string& name, std::string_view id, std::string_view parent_id,
                     std::string_view parent) const {
        std::string file = good();
        for (const std::size_t copy : {std::size_t{0}, file.size() - 512}) {
            file.replace(copy + 68, 16, id);
            store(file, copy + 60, 4, 4);
            seal(file, copy, 512, 64);
        }
        file.replace(kHeader + 40, 16, parent_id);
        std::string wide;
        for (const char c : parent) wide += {c, '\0'};
        locator(static_cast<std::uint32_t>(wide.size()), kTable + 16)(file);
        file.replace(kTable + 16, wide.size(), wide);
        write_text(directory_.path() / name, file);
    }
    static std::string id(char c) { return std::string(16, c); }
    std::string use(const std::string& name) const {
        return use_image(directory_.path() / name, options_);
    }
};

TEST_F(VhdChains, LoopsEndThoughTheyAreAllowed) {
    write_child("self.vhd", id('s'), id('s'), "self.vhd");
    write_child("round.vhd", id('r'), id('r'),
                ".\\..\\" + directory_.path().filename().string() + "\\round.vhd");
    write_child("a.vhd", id('a'), id('b'), ".\\b.vhd");
    write_child("b.vhd", id('b'), id('a'), ".\\a.vhd");
    for (const char* name : {"self.vhd", "round.vhd", "a.vhd", "b.vhd"}) {
        EXPECT_THAT(use(name), HasSubstr("more than 32 parent disks")) << name;
        EXPECT_THAT(use(name), HasSubstr("its own parent")) << name;
        const CheckReport report = check_image(directory_.path() / name, options_);
        EXPECT_EQ(report.corruptions, 1U) << name;
    }
}

TEST_F(VhdChains, AChainThatIsTooLongIsRefused) {
    for (int i = 0; i < 34; ++i) {
        write_child(fmt::format("{}.vhd", i), id(static_cast<char>('A' + i)),
                    id(static_cast<char>('A' + i + 1)), fmt::format("{}.vhd", i + 1));
    }
    std::string base = good();
    for (const std::size_t copy : {std::size_t{0}, base.size() - 512}) {
        base.replace(copy + 68, 16, id('A' + 34));
        seal(base, copy, 512, 64);
    }
    write_text(directory_.path() / "34.vhd", base);
    EXPECT_EQ(use("2.vhd"), "no error");
    EXPECT_THAT(use("1.vhd"), HasSubstr("more than 32 parent disks"));
}

TEST_F(VhdChains, ParentsAreOpenedOnlyWhereTheyAreAllowed) {
    fs::create_directory(directory_.path() / "inside");
    write_text(directory_.path() / "parent.vhd", good());
    fs::create_symlink("../parent.vhd", directory_.path() / "inside/link.vhd");
    OpenOptions forbidden = options_;
    forbidden.allow_backing = false;
    OpenOptions inside = options_;
    inside.backing_directories = {directory_.path() / "inside"};
    for (const std::string& name :
         {std::string("..\\parent.vhd"), std::string("link.vhd"),
          (directory_.path() / "parent.vhd").string(), std::string("/dev/zero")}) {
        write_child("inside/child.vhd", id('c'), good().substr(68, 16), name);
        const fs::path path = directory_.path() / "inside/child.vhd";
        EXPECT_THAT(use_image(path, forbidden), HasSubstr("--allow-backing")) << name;
        EXPECT_THAT(use_image(path, inside), HasSubstr("not below an allowed")) << name;
    }
    for (const char* name : {"nbd://127.0.0.1:1/x", "json:{}", "fat:dir", "C:\\parent.vhd"}) {
        write_child("a.vhd", id('a'), good().substr(68, 16), name);
        EXPECT_THAT(use("a.vhd"), HasSubstr("not a path")) << name;
    }
}

TEST_F(VhdChains, AParentMustBeAVhd) {
    write_text(directory_.path() / "text.vhd", "not a disk");
    fs::create_directory(directory_.path() / "directory");
    for (const char* name : {"text.vhd", "directory", "nowhere.vhd"}) {
        write_child("a.vhd", id('a'), id('b'), name);
        EXPECT_NE(use("a.vhd"), "no error") << name;
    }
}

}  // namespace
}  // namespace kiln::formats
