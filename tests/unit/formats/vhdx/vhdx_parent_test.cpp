// Differencing disks and their parents.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/inspect.h"
#include "formats/vhdx/vhdx_format.h"
#include "formats/vhdx/vhdx_metadata.h"
#include "tests/unit/formats/image_builder.h"
#include "vhdx_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
using vhdx::BlockState;
using vhdx::kMiB;
namespace fs = std::filesystem;

constexpr vhdx::Guid kParentId = vhdx::guid("83ed0ec3-24c8-49a6-a959-5e4bf1288bfb");

class VhdxParentTest : public testing::Test {
  protected:
    VhdxParentTest() {
        parent_.data_write = kParentId;
        for (std::uint64_t i = 0; i < 3; ++i) {
            parent_.blocks[i] = {BlockState::FullyPresent,
                                 Bytes(kMiB, static_cast<std::byte>('A' + i))};
        }
        child_.set_parent(".\\base\\parent.vhdx", kParentId);
        child_.blocks[1] = {BlockState::PartiallyPresent, Bytes(kMiB, std::byte{'x'})};
        child_.blocks[2] = {BlockState::Zero, {}};
        child_.present = {{2048, 1}, {2100, 100}, {4095, 1}};
        fs::create_directory(root_ / "base");
    }

    void write(const std::string& name, const Bytes& bytes) {
        write_text(root_ / name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    void write_both() {
        write("base/parent.vhdx", parent_.build());
        write("child.vhdx", child_.build());
    }
    OpenOptions allowing() const {
        OpenOptions options;
        options.format = &kVhdxFormat;
        options.allow_backing = true;
        return options;
    }
    std::string refusal(const OpenOptions& options) {
        try {
            open_source(root_ / "child.vhdx", options);
        } catch (const Error& error) {
            return error.to_string();
        }
        return "no error";
    }

    TempDir directory_{temp_root()};
    fs::path root_ = directory_.path();
    VhdxBuilder parent_;
    VhdxBuilder child_;
};

// What the pair above reads as.
std::byte expected(std::uint64_t sector) {
    const bool own = sector == 2048 || (sector >= 2100 && sector < 2200) || sector == 4095;
    if (own) return std::byte{'x'};
    if (sector < 2048) return std::byte{'A'};
    if (sector < 4096) return std::byte{'B'};
    return std::byte{0};  // zeros in the child, then nothing in either
}

TEST_F(VhdxParentTest, SectorsComeFromWhereTheBitmapSays) {
    write_both();
    const auto source = open_source(root_ / "child.vhdx", allowing());
    const Bytes disk = read_disk(*source);
    for (std::uint64_t sector = 0; sector < disk.size() / 512; ++sector) {
        ASSERT_EQ(disk[sector * 512], expected(sector)) << sector;
        ASSERT_EQ(disk[sector * 512 + 511], expected(sector)) << sector;
    }
    for (const std::uint64_t offset : {kMiB + 100, kMiB + 50 * 512 + 1, 2 * kMiB - 700}) {
        Bytes part(3000);
        source->read(offset, part);
        EXPECT_TRUE(std::equal(part.begin(), part.end(), disk.begin() + static_cast<long>(offset)));
    }
}

TEST_F(VhdxParentTest, ExtentsAreThoseOfBoth) {
    write_both();
    const auto source = open_source(root_ / "child.vhdx", allowing());
    Bytes disk(source->virtual_size());
    for (std::uint64_t offset = 0; offset < disk.size();) {
        const Extent extent = source->next_extent(offset, disk.size() - offset);
        ASSERT_EQ(extent.offset, offset);
        ASSERT_GT(extent.length, 0U);
        ASSERT_LE(extent.end(), disk.size());
        if (extent.kind == Extent::Kind::Data) {
            source->read(offset, std::span(disk).subspan(offset, extent.length));
        }
        offset = extent.end();
    }
    EXPECT_TRUE(disk == read_disk(*source));
    EXPECT_EQ(source->next_extent(2 * kMiB, kMiB).kind, Extent::Kind::Zero);
    EXPECT_EQ(source->next_extent(3 * kMiB, kMiB).kind, Extent::Kind::Hole);
}

TEST_F(VhdxParentTest, ALongRunOfOneSectorKindIsOneExtent) {
    child_.present = {{2048, 1000}};
    write_both();
    const auto source = open_source(root_ / "child.vhdx", allowing());
    EXPECT_EQ(source->next_extent(kMiB, 4096), (Extent{kMiB, 512'000, Extent::Kind::Data}));
}

TEST_F(VhdxParentTest, ParentsHaveParents) {
    VhdxBuilder top;
    top.set_parent("child.vhdx", child_.data_write);
    top.data_write = vhdx::guid("00000000-0000-0000-0000-000000000001");
    top.blocks[3] = {BlockState::FullyPresent, page_of('t')};
    write_both();
    write("top.vhdx", top.build());
    const Bytes disk = read_disk(*open_source(root_ / "top.vhdx", allowing()));
    EXPECT_EQ(disk[0], std::byte{'A'});
    EXPECT_EQ(disk[kMiB], std::byte{'x'});
    EXPECT_EQ(disk[3 * kMiB], std::byte{'t'});
}

TEST_F(VhdxParentTest, BehindAShorterParentThereAreZeros) {
    parent_.disk_size = kMiB + 1024;
    parent_.blocks.erase(2);
    write_both();
    const Bytes disk = read_disk(*open_source(root_ / "child.vhdx", allowing()));
    EXPECT_EQ(disk[kMiB + 512], std::byte{'B'});
    EXPECT_EQ(disk[kMiB + 1024], std::byte{0});
    EXPECT_EQ(disk[kMiB + 52 * 512], std::byte{'x'});
}

TEST_F(VhdxParentTest, BitmapsOfLaterChunksAreFound) {
    const std::uint64_t chunk = 4096 * kMiB;
    child_.disk_size = parent_.disk_size = chunk + 2 * kMiB;
    child_.blocks = {{4096, {BlockState::PartiallyPresent, Bytes(kMiB, std::byte{'c'})}}};
    child_.present = {{chunk / 512 + 8, 8}};
    parent_.blocks = {{4096, {BlockState::FullyPresent, Bytes(kMiB, std::byte{'p'})}}};
    write_both();
    Bytes bytes(12288);
    open_source(root_ / "child.vhdx", allowing())->read(chunk, bytes);
    EXPECT_EQ(bytes[4095], std::byte{'p'});
    EXPECT_EQ(bytes[4096], std::byte{'c'});
    EXPECT_EQ(bytes[8192], std::byte{'p'});
}

TEST_F(VhdxParentTest, NoParentIsOpenedUnlessAllowed) {
    write_both();
    OpenOptions options = allowing();
    options.allow_backing = false;
    EXPECT_THAT(refusal(options), HasSubstr("--allow-backing"));
    options.allow_backing = true;
    fs::create_directory(root_ / "other");
    options.backing_directories = {root_ / "other"};
    EXPECT_THAT(refusal(options), HasSubstr("not below an allowed directory"));
    options.backing_directories = {root_ / "base"};
    EXPECT_EQ(refusal(options), "no error");
}

TEST_F(VhdxParentTest, WithoutItsParentTheRestIsHoles) {
    write("child.vhdx", child_.build());
    OpenOptions options = allowing();
    options.ignore_backing = true;
    const auto source = open_source(root_ / "child.vhdx", options);
    const Bytes disk = read_disk(*source);
    EXPECT_EQ(disk[0], std::byte{0});
    EXPECT_EQ(disk[kMiB], std::byte{'x'});
    EXPECT_EQ(source->next_extent(0, kMiB).kind, Extent::Kind::Hole);
    const SourceInfo info = source->info();
    EXPECT_EQ(info.backing_name, ".\\base\\parent.vhdx");
    EXPECT_EQ(info.backing_format, "vhdx");
    EXPECT_THAT(info.details, testing::Contains(testing::Pair("subformat", "differencing")));
}

TEST_F(VhdxParentTest, AChangedParentIsRefused) {
    write_both();
    parent_.data_write = child_.data_write;
    write("base/parent.vhdx", parent_.build());
    EXPECT_THAT(refusal(allowing()), HasSubstr("not over the parent"));
}

TEST_F(VhdxParentTest, TheLinkMayStandInUpperCaseOrInTheSecondPlace) {
    child_.locator[0].second = "{83ED0EC3-24C8-49A6-A959-5E4BF1288BFB}";
    write_both();
    EXPECT_EQ(refusal(allowing()), "no error");
    child_.locator[0].second = "{00000000-24C8-49A6-A959-5E4BF1288BFB}";
    child_.locator.emplace_back("parent_linkage2", kParentId.text());
    write_both();
    EXPECT_EQ(refusal(allowing()), "no error");
}

TEST_F(VhdxParentTest, OfAWindowsPathTheFileBesideTheChildIsTaken) {
    child_.locator[1].first = "something_else";
    child_.locator[2].second = "\\\\?\\d:\\far\\away\\parent.vhdx";
    write_both();
    fs::rename(root_ / "base/parent.vhdx", root_ / "parent.vhdx");
    EXPECT_EQ(refusal(allowing()), "no error");
    child_.locator[2].first = "volume_path";
    write("child.vhdx", child_.build());
    EXPECT_EQ(refusal(allowing()), "no error");
    child_.locator[2].first = "nothing";
    write("child.vhdx", child_.build());
    EXPECT_THAT(refusal(allowing()), HasSubstr("does not say which"));
}

TEST_F(VhdxParentTest, ADiskThatIsItsOwnParentIsRefused) {
    child_.set_parent("child.vhdx", child_.data_write);
    write_both();
    EXPECT_THAT(refusal(allowing()), HasSubstr("chain of more than 32"));
}

TEST_F(VhdxParentTest, AParentIsAVhdx) {
    write_both();
    write("base/parent.vhdx", Bytes(5 * kMiB));
    EXPECT_THAT(refusal(allowing()), HasSubstr("file type identifier"));
}

TEST_F(VhdxParentTest, NamesThatAreNoPathsAreRefused) {
    for (const char* name : {"json:{}", "nbd://host/disk", "d:\\disk.vhdx"}) {
        child_.set_parent(name, kParentId);
        write_both();
        EXPECT_THAT(refusal(allowing()), HasSubstr("what is not a path")) << name;
    }
}

TEST_F(VhdxParentTest, CheckLooksAtTheParentWhereItMay) {
    write_both();
    OpenOptions options = allowing();
    CheckReport report = check_image(root_ / "child.vhdx", options);
    EXPECT_TRUE(report.clean()) << fmt::format("{}", fmt::join(report.problems, "\n"));
    EXPECT_TRUE(report.notes.empty());
    options.allow_backing = false;
    report = check_image(root_ / "child.vhdx", options);
    EXPECT_TRUE(report.clean());
    EXPECT_THAT(report.notes, testing::ElementsAre(HasSubstr("parent.vhdx was not opened")));
    fs::remove(root_ / "base/parent.vhdx");
    report = check_image(root_ / "child.vhdx", allowing());
    EXPECT_EQ(report.corruptions, 1U);
}

TEST_F(VhdxParentTest, ChangesOfALogCountInBitmaps) {
    VhdxBuilder plain = child_;
    const Bytes file = plain.build();
    Bytes page(file.begin() + VhdxBuilder::kFirstBlock,
               file.begin() + VhdxBuilder::kFirstBlock + 4096);
    page[256] |= std::byte{2};  // sector 2049
    child_.log = {{1, {{VhdxBuilder::kFirstBlock, page, 0}}}};
    child_.log_first = 1;
    write_both();
    const Bytes disk = read_disk(*open_source(root_ / "child.vhdx", allowing()));
    EXPECT_EQ(disk[2049 * 512], std::byte{'x'});
    EXPECT_EQ(disk[2050 * 512], std::byte{'B'});
}

TEST_F(VhdxParentTest, DamagedLocatorsAreRefused) {
    const Bytes good = child_.build();
    constexpr std::size_t kLocator = VhdxBuilder::kMetadata + 131072;
    struct Case {
        std::size_t at;
        std::uint32_t value;
        const char* words;
    };
    const Case cases[] = {
        {0, 0, "unknown type"},           {16, 0xffff0000, "65535 entries"},
        {20, 0xffffffff, "lies outside"}, {24, 0xffffffff, "lies outside"},
        {28, 0xffffffff, "lies outside"},
    };
    write_both();
    for (const Case& bad : cases) {
        Bytes bytes = good;
        store_le(bytes, kLocator + bad.at, bad.value);
        write("child.vhdx", bytes);
        EXPECT_THAT(refusal(allowing()), HasSubstr(bad.words)) << bad.at;
    }
    Bytes without = good;
    store_le(without, VhdxBuilder::kMetadata + 10, std::uint16_t{5});
    write("child.vhdx", without);
    EXPECT_THAT(refusal(allowing()), HasSubstr("lacks the parent locator"));
}

}  // namespace
}  // namespace kiln::formats
