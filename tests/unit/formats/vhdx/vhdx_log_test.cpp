// Logs that wait to be replayed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/inspect.h"
#include "formats/vhdx/log_overlay.h"
#include "formats/vhdx/vhdx_format.h"
#include "tests/unit/formats/image_builder.h"
#include "vhdx_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
using vhdx::BlockState;
using vhdx::kMiB;
using vhdx::LogOverlay;
namespace fs = std::filesystem;

std::span<const std::byte, LogOverlay::kPage> page(const Bytes& bytes) {
    return std::span<const std::byte, LogOverlay::kPage>(bytes);
}

TEST(LogOverlay, LaterChangesWin) {
    LogOverlay overlay;
    ASSERT_TRUE(overlay.put(8192, page(page_of('a'))));
    ASSERT_TRUE(overlay.put_zeros(4096, 8192));
    ASSERT_TRUE(overlay.put(4096, page(page_of('b'))));
    Bytes bytes(16384, std::byte{'x'});
    overlay.apply(0, bytes);
    EXPECT_EQ(bytes[4095], std::byte{'x'});
    EXPECT_EQ(bytes[4096], std::byte{'b'});
    EXPECT_EQ(bytes[8191], std::byte{'b'});
    EXPECT_EQ(bytes[8192], std::byte{0});
    EXPECT_EQ(bytes[12287], std::byte{0});
    EXPECT_EQ(bytes[12288], std::byte{'x'});
}

TEST(LogOverlay, PartsOfPagesAreChanged) {
    LogOverlay overlay;
    ASSERT_TRUE(overlay.put(4096, page(page_of('a'))));
    Bytes bytes(100, std::byte{'x'});
    overlay.apply(4096 - 50, bytes);
    EXPECT_EQ(bytes[49], std::byte{'x'});
    EXPECT_EQ(bytes[50], std::byte{'a'});
    Bytes inside(10, std::byte{'x'});
    overlay.apply(5000, inside);
    EXPECT_EQ(inside, Bytes(10, std::byte{'a'}));
}

TEST(LogOverlay, RangesOfZerosGrowTogether) {
    LogOverlay overlay;
    for (const std::uint64_t start : {0UL, 40960UL, 8192UL, 4096UL}) {
        ASSERT_TRUE(overlay.put_zeros(start, 4096));
    }
    EXPECT_TRUE(overlay.touches(0, 1));
    EXPECT_TRUE(overlay.touches(12287, 1));
    EXPECT_FALSE(overlay.touches(12288, 40960 - 12288));
    EXPECT_TRUE(overlay.touches(12288, 40960 - 12288 + 1));
    EXPECT_FALSE(overlay.touches(45056, 1 << 20));
    ASSERT_TRUE(overlay.put_zeros(0, 1 << 20));
    EXPECT_TRUE(overlay.touches(700'000, 1));
}

TEST(LogOverlay, TellsWhenItIsFull) {
    LogOverlay overlay(2);
    EXPECT_TRUE(overlay.put(0, page(page_of('a'))));
    EXPECT_TRUE(overlay.put(4096, page(page_of('a'))));
    EXPECT_TRUE(overlay.put(0, page(page_of('b'))));
    EXPECT_FALSE(overlay.put(8192, page(page_of('a'))));
    LogOverlay zeros;
    for (std::uint64_t i = 0; i < LogOverlay::kMaxZeroRanges; ++i) {
        ASSERT_TRUE(zeros.put_zeros(i * 8192, 4096));
    }
    EXPECT_FALSE(zeros.put_zeros(std::uint64_t{1} << 40, 4096));
}

class VhdxLogTest : public testing::Test {
  protected:
    VhdxLogTest() {
        builder_.blocks[0] = {BlockState::FullyPresent, page_of('0')};
        builder_.blocks[2] = {BlockState::FullyPresent, page_of('2')};
        builder_.log_first = 7;
    }

    void write(const Bytes& bytes) {
        write_text(path_, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    std::unique_ptr<Source> open() {
        OpenOptions options;
        options.format = &kVhdxFormat;
        return open_source(path_, options);
    }
    Bytes disk() {
        write(builder_.build());
        return read_disk(*open());
    }
    std::string refusal() {
        try {
            open();
        } catch (const Error& error) {
            return error.to_string();
        }
        return "no error";
    }
    std::string refusal_of(const Bytes& bytes) {
        write(bytes);
        return refusal();
    }
    CheckReport check() {
        OpenOptions options;
        options.format = &kVhdxFormat;
        return check_image(path_, options);
    }

    // The first page of the table with another entry for a block.
    VhdxBuilder::Change bat_change(std::uint64_t block, std::uint64_t entry) const {
        VhdxBuilder plain = builder_;
        plain.log.clear();
        const Bytes file = plain.build();
        Bytes page(file.begin() + VhdxBuilder::kBat, file.begin() + VhdxBuilder::kBat + 4096);
        store_le(page, 8 * block, entry);
        return {VhdxBuilder::kBat, page, 0};
    }
    VhdxBuilder::Change data_change(std::uint64_t block, char fill) const {
        return {builder_.place(block), page_of(fill), 0};
    }

    TempDir directory_{temp_root()};
    fs::path path_ = directory_.path() / "disk.vhdx";
    VhdxBuilder builder_;
};

TEST_F(VhdxLogTest, PagesAndZerosAreReplayedInOrder) {
    builder_.log = {
        {7, {data_change(0, 'A'), {builder_.place(2), {}, 4096}}},
        {8, {data_change(0, 'B')}},
    };
    const Bytes bytes = disk();
    EXPECT_EQ(bytes[0], std::byte{'B'});
    EXPECT_EQ(bytes[4095], std::byte{'B'});
    EXPECT_EQ(bytes[2 * kMiB], std::byte{0});
    EXPECT_THAT(open()->info().features, testing::ElementsAre("log to be replayed"));
    const CheckReport report = check();
    EXPECT_TRUE(report.clean());
    EXPECT_THAT(report.notes, testing::ElementsAre(HasSubstr("2 entries")));
}

TEST_F(VhdxLogTest, TheFileIsNotWritten) {
    builder_.log = {{7, {data_change(0, 'A')}}};
    write(builder_.build());
    const std::string before = read_text(path_);
    read_disk(*open());
    check();
    EXPECT_TRUE(read_text(path_) == before);
}

TEST_F(VhdxLogTest, TheTableIsReadAsTheLogHasIt) {
    builder_.log = {{7, {bat_change(1, builder_.place(2) | 6)}}, {8, {bat_change(2, 2)}}};
    const Bytes bytes = disk();
    EXPECT_EQ(bytes[0], std::byte{'0'});
    EXPECT_EQ(bytes[kMiB], std::byte{0});  // the second entry holds the whole page
    EXPECT_EQ(bytes[2 * kMiB], std::byte{0});
    builder_.log.pop_back();
    const Bytes again = disk();
    EXPECT_EQ(again[kMiB], std::byte{'2'});
}

TEST_F(VhdxLogTest, ALogThatRunsAroundItsEndIsReplayed) {
    builder_.log_start = kMiB - 4096;  // the first entry's second sector is the log's first
    builder_.log = {{7, {data_change(0, 'A')}}, {8, {data_change(2, 'B')}}};
    const Bytes bytes = disk();
    EXPECT_EQ(bytes[0], std::byte{'A'});
    EXPECT_EQ(bytes[2 * kMiB], std::byte{'B'});
}

TEST_F(VhdxLogTest, ATornLastEntryIsIgnored) {
    builder_.log = {{7, {data_change(0, 'A')}}, {8, {data_change(0, 'B')}, true}};
    EXPECT_EQ(disk()[0], std::byte{'A'});
}

TEST_F(VhdxLogTest, EntriesBeforeTheTailAreNotReplayed) {
    builder_.log = {{6, {data_change(0, 'A')}}, {7, {data_change(2, 'B')}}};
    const Bytes bytes = disk();
    EXPECT_EQ(bytes[0], std::byte{'0'});
    EXPECT_EQ(bytes[2 * kMiB], std::byte{'B'});
}

TEST_F(VhdxLogTest, OfTwoSequencesTheNewerOneCounts) {
    builder_.log = {{7, {data_change(0, 'A')}}, {9, {data_change(2, 'B')}}};
    builder_.log_first = 9;
    const Bytes bytes = disk();
    EXPECT_EQ(bytes[0], std::byte{'0'});
    EXPECT_EQ(bytes[2 * kMiB], std::byte{'B'});
}

TEST_F(VhdxLogTest, EntriesOfAnotherLogAreOld) {
    builder_.log = {{7, {data_change(0, 'A')}}, {8, {data_change(0, 'B')}}};
    Bytes bytes = builder_.build();
    const std::size_t second = VhdxBuilder::kLog + 8192;
    bytes[second + 40] ^= std::byte{1};  // its log's GUID
    fix_checksum(bytes, second, 8192);
    write(bytes);
    EXPECT_EQ(read_disk(*open())[0], std::byte{'A'});
}

TEST_F(VhdxLogTest, AnEntryMayHaveMoreDescriptorsThanASector) {
    VhdxBuilder::LogEntry entry{7, {}};
    for (int i = 0; i < 200; ++i) {
        entry.changes.push_back({builder_.place(0) + 4096 * static_cast<unsigned>(i),
                                 i % 3 == 0 ? Bytes() : page_of(static_cast<char>(i)), 4096});
    }
    builder_.log = {entry};
    const Bytes bytes = disk();
    for (std::size_t i = 0; i < 200; ++i) {
        EXPECT_EQ(bytes[4096 * i + 17], i % 3 == 0 ? std::byte{0} : static_cast<std::byte>(i));
    }
}

TEST_F(VhdxLogTest, AnEntryWithoutChangesIsAWholeLog) {
    builder_.log = {{7, {}}};
    EXPECT_EQ(disk()[0], std::byte{'0'});
}

TEST_F(VhdxLogTest, TheFileGrowsAsTheLogSays) {
    const std::uint64_t behind = builder_.place(3);
    builder_.log = {{7, {bat_change(1, behind | 6), {behind + 4096, page_of('n'), 0}}}};
    builder_.last_offset_in_log = behind + kMiB;
    const Bytes bytes = disk();
    EXPECT_EQ(bytes[kMiB], std::byte{0});
    EXPECT_EQ(bytes[kMiB + 4096], std::byte{'n'});
    EXPECT_EQ(bytes[kMiB + 8192], std::byte{0});
    EXPECT_TRUE(check().clean());
}

TEST_F(VhdxLogTest, AFileShorterThanItsLogKnowsIsRefused) {
    builder_.log = {{7, {data_change(0, 'A')}}};
    builder_.file_size_in_log = std::uint64_t{1} << 30;
    EXPECT_THAT(refusal_of(builder_.build()), HasSubstr("cut off"));
}

TEST_F(VhdxLogTest, ALogWithoutAWholeSequenceIsRefused) {
    builder_.log = {{7, {data_change(0, 'A')}, true}};
    EXPECT_THAT(refusal_of(builder_.build()), HasSubstr("no sequence of entries"));
    const CheckReport report = check();
    EXPECT_EQ(report.corruptions, 1U);
    EXPECT_THAT(report.problems[0], HasSubstr("log"));
}

// Each changes one number of the only entry, whose checksum is right again.
TEST_F(VhdxLogTest, ContradictoryEntriesAreRefused) {
    builder_.log = {{7, {data_change(0, 'A')}}};
    const Bytes good = builder_.build();
    struct Case {
        std::size_t at;
        std::uint64_t value;
        std::size_t size;
        const char* words;
    };
    constexpr std::size_t kDescriptor = 64;
    const Case cases[] = {
        {8, 0, 4, "no sequence"},            // length
        {8, 12288 + 1, 4, "no sequence"},    // not whole sectors
        {8, 0xfffff000, 4, "no sequence"},   // longer than the log
        {12, 4096, 4, "no sequence"},        // tail: no entry there
        {12, 0xfffff000, 4, "no sequence"},  // outside of the log
        {16, 0, 8, "no sequence"},           // sequence number
        {16, 8, 8, "another entry"},         // descriptors have another one
        {24, 0xffffffff, 4, "descriptors than room"},
        {24, 127, 4, "data sector"},  // more descriptors, which are of the data sector's bytes
        {24, 2, 4, "another entry"},
        {48, ~0ULL, 8, "cut off"},
        {kDescriptor, 0, 4, "signature"},
        {kDescriptor + 16, 17, 8, "page is not where"},
        {kDescriptor + 16, ~4095ULL, 8, "page is not where"},
        {kDescriptor + 24, 8, 8, "another entry"},
        {4096, 0, 4, "data sector belongs"},
        {4096 + 4, 1, 4, "data sector belongs"},
        {8192 - 4, 1, 4, "data sector belongs"},
    };
    for (const Case& bad : cases) {
        Bytes bytes = good;
        const auto entry = std::span(bytes).subspan(VhdxBuilder::kLog, 8192);
        if (bad.size == 4) store_le(entry, bad.at, static_cast<std::uint32_t>(bad.value));
        if (bad.size == 8) store_le(entry, bad.at, bad.value);
        fix_checksum(bytes, VhdxBuilder::kLog, 8192);
        const std::string words = refusal_of(bytes);
        const bool too_many = bad.at == 24 && bad.value == 127;
        EXPECT_THAT(words, HasSubstr(too_many ? "is damaged" : bad.words)) << bad.at;
    }
}

TEST_F(VhdxLogTest, ContradictoryZerosAreRefused) {
    for (const auto& [offset, length] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
             {17, 4096}, {4096, 17}, {~4095ULL, 8192}, {4096, ~4095ULL}}) {
        builder_.log = {{7, {{offset, {}, length}}}};
        EXPECT_THAT(refusal_of(builder_.build()), HasSubstr("range of zeros")) << offset;
    }
}

TEST_F(VhdxLogTest, ZerosOverTheTablesAreDamageAndNoCrash) {
    builder_.log = {{7, {{0, {}, ~4095ULL}}}};
    EXPECT_THAT(refusal_of(builder_.build()), HasSubstr("region tables"));
}

TEST_F(VhdxLogTest, EntriesThatLieUponEachOtherEndTheSearch) {
    builder_.log = {{7, {data_change(0, 'A')}}};
    Bytes bytes = builder_.build();
    for (std::size_t at = VhdxBuilder::kLog; at < VhdxBuilder::kLog + kMiB; at += 4096) {
        std::copy_n(bytes.begin() + VhdxBuilder::kLog, 64, bytes.begin() + static_cast<long>(at));
        store_le(bytes, at + 8, std::uint32_t{kMiB});
    }
    EXPECT_THAT(refusal_of(bytes), HasSubstr("upon the other"));
}

TEST_F(VhdxLogTest, ALogTooLargeForMemoryIsRefused) {
    builder_.log = {{7, {data_change(0, 'A')}}};
    Bytes bytes = builder_.build();
    for (const std::uint64_t at : vhdx::kHeaderOffsets) {
        store_le(bytes, at + 68, std::uint32_t{65 * kMiB});
        store_le(bytes, at + 72, std::uint64_t{8 * kMiB});
    }
    fix_headers(bytes);
    write(bytes);
    fs::resize_file(path_, 100 * kMiB);
    EXPECT_THAT(refusal(), HasSubstr("too large to be replayed"));
}

}  // namespace
}  // namespace kiln::formats
