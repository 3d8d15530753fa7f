#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/inspect.h"
#include "formats/vhdx/bat_writer.h"
#include "formats/vhdx/vhdx_format.h"
#include "formats/vhdx/vhdx_regions.h"
#include "formats/vhdx/vhdx_sink.h"
#include "formats/vhdx/vhdx_source.h"
#include "tests/unit/formats/image_builder.h"
#include "vhdx_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
using vhdx::BlockState;
using vhdx::kMiB;
namespace fs = std::filesystem;

// A disk of any size with a few stretches of data.
class SparseSource : public Source {
  public:
    SparseSource(std::uint64_t size, std::vector<std::uint64_t> data)
        : size_(size), data_(std::move(data)) {}
    std::uint64_t virtual_size() const override { return size_; }
    Extent next_extent(std::uint64_t offset, std::uint64_t) const override {
        std::uint64_t end = size_;
        for (const std::uint64_t start : data_) {
            const std::uint64_t stop = std::min(start + kLength, size_);
            if (offset >= start && offset < stop) {
                return {offset, stop - offset, Extent::Kind::Data};
            }
            if (start > offset) end = std::min(end, start);
        }
        return {offset, end - offset, Extent::Kind::Hole};
    }
    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        for (std::size_t i = 0; i < out.size(); ++i) {
            const std::uint64_t at = offset + i;
            const bool data = std::ranges::any_of(
                data_, [&](std::uint64_t start) { return at >= start && at < start + kLength; });
            out[i] = data ? static_cast<std::byte>(at / 512 + at * 7 + 1) : std::byte{0};
        }
    }
    SourceInfo info() const override { return {}; }

  private:
    static constexpr std::uint64_t kLength = 300'032;
    std::uint64_t size_;
    std::vector<std::uint64_t> data_;
};

class VhdxTest : public testing::Test {
  protected:
    fs::path path(const std::string& name) const { return directory_.path() / name; }

    OutputSpec spec(std::map<std::string, std::string> options = {},
                    const std::string& name = "disk.vhdx") const {
        return {path(name), &kVhdxFormat, std::move(options)};
    }
    std::unique_ptr<Source> open(const std::string& name = "disk.vhdx") const {
        OpenOptions options;
        options.format = &kVhdxFormat;
        return open_source(path(name), options);
    }
    std::unique_ptr<Source> open_built(const VhdxBuilder& builder) const {
        const Bytes bytes = builder.build();
        write_text(path("built.vhdx"), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        return open("built.vhdx");
    }
    CheckReport check(const std::string& name = "disk.vhdx") const {
        OpenOptions options;
        options.format = &kVhdxFormat;
        return check_image(path(name), options);
    }
    void expect_clean(const std::string& name = "disk.vhdx") const {
        const CheckReport report = check(name);
        EXPECT_TRUE(report.clean()) << fmt::format("{}", fmt::join(report.problems, "\n"));
    }

    TempDir directory_{temp_root()};
};

std::string words_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.to_string();
    }
    return "no error";
}

TEST_F(VhdxTest, TheChecksumIsThatOfTheSpecification) {
    // CRC-32C of "1234", four zeros and "56789", as other libraries compute it.
    Bytes bytes;
    for (const char c : std::string_view("1234....56789")) {
        bytes.push_back(static_cast<std::byte>(c));
    }
    const std::uint32_t with_dots = vhdx::checksum(bytes);
    for (std::size_t i = 4; i < 8; ++i) bytes[i] = std::byte{0};
    EXPECT_EQ(vhdx::checksum(bytes), with_dots);
    EXPECT_EQ(vhdx::checksum(Bytes(32)), 0x8a9136aaU);  // RFC 3720: 32 bytes of zeros
}

TEST_F(VhdxTest, GuidsAreStoredInMicrosoftsOrder) {
    const vhdx::Guid guid = vhdx::guid("2DC27766-F623-4200-9D64-115E9BFD4A08");
    EXPECT_EQ(guid.bytes[0], std::byte{0x66});
    EXPECT_EQ(guid.bytes[6], std::byte{0x00});
    EXPECT_EQ(guid.bytes[15], std::byte{0x08});
    EXPECT_EQ(guid.text(), "{2dc27766-f623-4200-9d64-115e9bfd4a08}");
}

TEST_F(VhdxTest, TheTableHasAnEntryForEachSectorBitmapBetweenChunks) {
    const vhdx::Geometry geometry{std::uint64_t{4097} * kMiB, kMiB, 512};
    EXPECT_EQ(geometry.chunk_ratio(), 4096U);
    EXPECT_EQ(geometry.payload_index(4095), 4095U);
    EXPECT_EQ(geometry.bitmap_index(0), 4096U);
    EXPECT_EQ(geometry.payload_index(4096), 4097U);
    EXPECT_EQ(geometry.bat_entries(false), 4098U);
    EXPECT_EQ(geometry.bat_entries(true), 2 * 4097U);
    EXPECT_EQ((vhdx::Geometry{4096 * kMiB, kMiB, 512}).bat_entries(false), 4096U);
    EXPECT_EQ((vhdx::Geometry{0, kMiB, 512}).bat_entries(false), 0U);
}

TEST_F(VhdxTest, WhatIsWrittenReadsBack) {
    const std::vector<std::map<std::string, std::string>> kinds = {
        {},
        {{"subformat", "fixed"}},
        {{"block_size", "2M"}},
        {{"block_size", "256M"}},
        {{"log_size", "3M"}},
        {{"block_state_zero", "off"}},
    };
    for (const std::size_t size : {0UL, 512UL, 4096UL, 1048576UL, 1048576UL + 512, 7'654'912UL}) {
        const auto disk = mixed_disk(size, static_cast<unsigned>(size) + 1);
        const MemorySource source(disk);
        for (const auto& options : kinds) {
            const ConvertResult result = write_image(source, spec(options));
            EXPECT_EQ(result.outputs[0].file_size, fs::file_size(path("disk.vhdx")));
            EXPECT_EQ(result.outputs[0].sha256,
                      digest_file_hex(DigestType::Sha256, path("disk.vhdx")));
            EXPECT_EQ(read_disk(*open()), disk);
            expect_clean();
        }
    }
}

TEST_F(VhdxTest, ADiskOfNoWholeSectorsIsFilledUpWithZeros) {
    write_image(MemorySource(Bytes(1000, std::byte{1})), spec());
    const Bytes disk = read_disk(*open());
    ASSERT_EQ(disk.size(), 1024U);
    EXPECT_EQ(disk[999], std::byte{1});
    EXPECT_EQ(disk[1000], std::byte{0});
}

TEST_F(VhdxTest, AllZeroAllDataAndAlternatingReadBack) {
    const std::size_t size = 5 * kMiB;
    Bytes alternating(size);
    for (std::size_t i = 0; i < size; ++i) alternating[i] = std::byte(i / 4096 % 2 * (i % 251));
    for (const Bytes& disk : {Bytes(size), Bytes(size, std::byte{0xff}), alternating}) {
        write_image(MemorySource(disk), spec());
        EXPECT_EQ(read_disk(*open()), disk);
        expect_clean();
    }
}

TEST_F(VhdxTest, HugeDisksTakeLittle) {
    constexpr std::uint64_t kTiB = std::uint64_t{1} << 40;
    for (const std::uint64_t size : {2 * kTiB - 512, 6 * kTiB, 64 * kTiB}) {
        const SparseSource source(size, {0, 5'000'192, size / 2, size - 200'192});
        for (const char* subformat : {"dynamic", "fixed"}) {
            // Few file systems have files of 64 TiB.
            if (size > 6 * kTiB && std::string_view(subformat) == "fixed") continue;
            OutputSpec output = spec({{"subformat", subformat}});
            output.sha256 = false;
            write_image(source, output);
            const auto written = open();
            EXPECT_TRUE(compare_images(source, *written).identical);
            EXPECT_LT(inspect_image(path("disk.vhdx"), {.format = &kVhdxFormat}).allocated,
                      12 * kMiB);
            expect_clean();
        }
    }
    const SparseSource too_large(64 * kTiB + 512, {});
    EXPECT_THAT(words_of([&] { write_image(too_large, spec()); }), HasSubstr("64 TiB"));
}

TEST_F(VhdxTest, ManyChunksOfBlocksAreFound) {
    // More than one chunk, blocks on both sides of the sector bitmap's entry.
    const std::uint64_t chunk = 4096 * kMiB;
    const SparseSource source(3 * chunk + kMiB / 2,
                              {chunk - 150'016, 2 * chunk - kMiB, 2 * chunk, 3 * chunk});
    write_image(source, spec());
    EXPECT_TRUE(compare_images(source, *open()).identical);
    expect_clean();
}

TEST_F(VhdxTest, TheSameDiskGivesTheSameFileWhateverTheThreads) {
    const MemorySource source(mixed_disk(9'000'448, 5));
    write_image(source, spec({}, "one.vhdx"), 1);
    write_image(source, spec({}, "two.vhdx"), 2);
    EXPECT_TRUE(read_text(path("one.vhdx")) == read_text(path("two.vhdx")));
}

TEST_F(VhdxTest, BesideASinkOfLargerBatchesTheFileIsTheSame) {
    const MemorySource source(mixed_disk(9'000'448, 6));
    write_image(source, spec({}, "alone.vhdx"));
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(make_sink(spec({}, "beside.vhdx")));
    sinks.push_back(
        make_sink({path("disk.qcow2"), find_format("qcow2"), {{"cluster_size", "2M"}}}));
    convert(source, sinks);
    EXPECT_TRUE(read_text(path("alone.vhdx")) == read_text(path("beside.vhdx")));
}

TEST_F(VhdxTest, DisksOfOneSizeAreToldApart) {
    const auto identity = [&](unsigned seed) {
        Bytes disk(2 * kMiB, static_cast<std::byte>(seed));
        write_image(MemorySource(disk), spec());
        const VhdxImage image = VhdxImage::read(InputFile::open(path("disk.vhdx")));
        EXPECT_NE(image.metadata.disk_id, image.file->header().data_write);
        EXPECT_NE(image.file->header().file_write, image.file->header().data_write);
        return image.metadata.disk_id.text();
    };
    const std::string first = identity(1);
    EXPECT_NE(first, identity(2));
    EXPECT_EQ(first, identity(1));
}

TEST_F(VhdxTest, BlocksGrowWithTheDiskSoThatTheTableStaysSmall) {
    constexpr std::uint64_t kTiB = std::uint64_t{1} << 40;
    const auto block_size = [&](std::uint64_t size) {
        OutputSpec output = spec();
        output.sha256 = false;
        write_image(SparseSource(size, {}), output);
        return open()->info().cluster_size;
    };
    EXPECT_EQ(block_size(20'000'256), kMiB);
    EXPECT_EQ(block_size(kTiB), kMiB);
    EXPECT_EQ(block_size(kTiB + 512), 2 * kMiB);
    EXPECT_EQ(block_size(6 * kTiB), 8 * kMiB);
    EXPECT_EQ(block_size(64 * kTiB), 64 * kMiB);
}

TEST_F(VhdxTest, SmallBlocksMakeASmallFile) {
    write_image(SparseSource(100 * kMiB, {0, 50 * kMiB}), spec());
    EXPECT_EQ(fs::file_size(path("disk.vhdx")), 6 * kMiB);  // four of tables, two blocks
}

TEST_F(VhdxTest, InfoTellsWhatMakesAnImageAlike) {
    write_image(MemorySource(mixed_disk(3'000'320)),
                spec({{"subformat", "fixed"}, {"block_size", "4M"}, {"log_size", "2M"}}));
    const SourceInfo info = open()->info();
    EXPECT_EQ(info.format, "vhdx");
    EXPECT_EQ(info.virtual_size, 3'000'320U);
    EXPECT_EQ(info.cluster_size, 4 * kMiB);
    EXPECT_THAT(info.details, testing::Contains(testing::Pair("creator", "kiln")));
    EXPECT_THAT(info.details, testing::Contains(testing::Pair("subformat", "fixed")));
    EXPECT_TRUE(info.features.empty());
    const std::string before = read_text(path("disk.vhdx"));
    write_image(MemorySource(mixed_disk(3'000'320)), spec(info.writer_options, "again.vhdx"));
    EXPECT_TRUE(read_text(path("again.vhdx")) == before);
}

TEST_F(VhdxTest, OptionsOutOfRangeAreRefused) {
    for (const char* size : {"512k", "3M", "512M", "1"}) {
        EXPECT_THAT(words_of([&] {
                        make_sink(spec({{"block_size", size}}));
                    }),
                    HasSubstr("between 1M and 256M"))
            << size;
    }
    EXPECT_THAT(words_of([&] { make_sink(spec({{"log_size", "4096M"}})); }), HasSubstr("4095M"));
    EXPECT_THAT(words_of([&] {
                    make_sink(spec({{"subformat", "differencing"}}));
                }),
                HasSubstr("dynamic, fixed"));
    EXPECT_THAT(words_of([&] {
                    make_sink(spec({{"block_sise", "1M"}}));
                }),
                HasSubstr("block_size"));
    EXPECT_THAT(words_of([&] { make_sink({"-", &kVhdxFormat, {}}); }), HasSubstr("pipe"));
}

TEST_F(VhdxTest, ABrokenSourceLeavesNoFile) {
    MemorySource source(mixed_disk(5'000'000));
    source.fail_from(4'000'000);
    EXPECT_THROW(write_image(source, spec()), Error);
    EXPECT_TRUE(list_directory(directory_.path()).empty());
}

TEST_F(VhdxTest, EveryStateOfABlockIsRead) {
    VhdxBuilder builder;
    builder.disk_size = 6 * kMiB + 512;
    builder.blocks[0] = {BlockState::FullyPresent, page_of('a')};
    builder.blocks[1] = {BlockState::Undefined, {}};
    builder.blocks[2] = {BlockState::Zero, {}};
    builder.blocks[3] = {BlockState::Unmapped, {}};
    builder.blocks[6] = {BlockState::FullyPresent, page_of('z')};
    const auto source = open_built(builder);
    const Bytes disk = read_disk(*source);
    EXPECT_EQ(disk[0], std::byte{'a'});
    EXPECT_EQ(disk[4096], std::byte{0});
    EXPECT_EQ(disk[6 * kMiB + 511], std::byte{'z'});
    EXPECT_TRUE(is_zero(std::span(disk).subspan(kMiB, 5 * kMiB)));
    EXPECT_EQ(source->next_extent(kMiB, 99 * kMiB), (Extent{kMiB, 3 * kMiB, Extent::Kind::Zero}));
    EXPECT_EQ(source->next_extent(4 * kMiB, 99 * kMiB),
              (Extent{4 * kMiB, 2 * kMiB, Extent::Kind::Hole}));
    EXPECT_EQ(source->next_extent(6 * kMiB, 512), (Extent{6 * kMiB, 512, Extent::Kind::Data}));
}

TEST_F(VhdxTest, AFileMayEndWithTheDiskWithinTheLastBlock) {
    VhdxBuilder builder;
    builder.disk_size = kMiB + 4096;
    builder.blocks[1] = {BlockState::FullyPresent, page_of('a')};
    Bytes bytes = builder.build();
    bytes.resize(builder.place(1) + 4096);
    write_text(path("built.vhdx"), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    EXPECT_EQ(read_disk(*open("built.vhdx"))[kMiB + 4095], std::byte{'a'});
    EXPECT_THAT(check("built.vhdx").notes, testing::ElementsAre(HasSubstr("within block 1")));
    expect_clean("built.vhdx");
    fs::resize_file(path("built.vhdx"), bytes.size() - 1);
    EXPECT_THAT(check("built.vhdx").problems, testing::ElementsAre(HasSubstr("Block 1 lies")));
}

TEST_F(VhdxTest, SectorsOf4KiBMakeLargerChunks) {
    VhdxBuilder builder;
    builder.sector_size = 4096;
    builder.block_size = 32 * kMiB;
    builder.disk_size = std::uint64_t{1025} * 32 * kMiB;  // one block more than a chunk
    builder.blocks[1024] = {BlockState::FullyPresent, page_of('s')};
    const auto source = open_built(builder);
    Bytes page(4096);
    source->read(std::uint64_t{1024} * 32 * kMiB, page);
    EXPECT_EQ(page, page_of('s'));
    expect_clean("built.vhdx");
}

TEST_F(VhdxTest, BlocksOutOfOrderAreReadInOne) {
    VhdxBuilder builder;
    builder.blocks[0] = {BlockState::FullyPresent, page_of('a')};
    builder.blocks[1] = {BlockState::FullyPresent, page_of('b')};
    Bytes bytes = builder.build();
    // The two blocks change places.
    store_le(bytes, builder.bat_place(0), builder.place(1) | 6);
    store_le(bytes, builder.bat_place(1), builder.place(0) | 6);
    write_text(path("built.vhdx"), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    Bytes both(kMiB + 4096);
    open("built.vhdx")->read(0, both);
    EXPECT_EQ(both[0], std::byte{'b'});
    EXPECT_EQ(both[kMiB], std::byte{'a'});
}

TEST_F(VhdxTest, HolesInTheFileAreNoData) {
    write_image(SparseSource(64 * kMiB, {0, 40 * kMiB}), spec({{"subformat", "fixed"}}));
    const ImageInfo info = inspect_image(path("disk.vhdx"), {.format = &kVhdxFormat});
    EXPECT_LT(info.data_bytes, kMiB);
    EXPECT_GT(info.zero_bytes, 60 * kMiB);
}

TEST_F(VhdxTest, TheOlderHeaderAndASecondRegionTableDo) {
    VhdxBuilder builder;
    builder.blocks[0] = {BlockState::FullyPresent, page_of('a')};
    Bytes bytes = builder.build();
    bytes[vhdx::kHeaderOffsets[1] + 100] ^= std::byte{1};
    bytes[vhdx::kRegionTableOffsets[0]] ^= std::byte{1};
    write_text(path("built.vhdx"), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    EXPECT_EQ(read_disk(*open("built.vhdx"))[0], std::byte{'a'});
    const CheckReport report = check("built.vhdx");
    EXPECT_EQ(report.corruptions, 2U);
    EXPECT_THAT(report.problems,
                testing::ElementsAre(HasSubstr("Header 2"), HasSubstr("Region table 1")));
}

}  // namespace
}  // namespace kiln::formats
