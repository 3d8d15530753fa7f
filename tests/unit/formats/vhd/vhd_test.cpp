#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/bytes/bytes.h"
#include "formats/inspect.h"
#include "formats/vhd/vhd_format.h"
#include "formats/vhd/vhd_header.h"
#include "tests/unit/formats/engine/spotted_source.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;
constexpr std::size_t kMiB = 1 << 20;

class VhdTest : public testing::Test {
  protected:
    fs::path path(const std::string& name) const { return directory_.path() / name; }
    std::string write(std::size_t size, std::map<std::string, std::string> options = {}) const {
        write_image(MemorySource(mixed_disk(size)),
                    {path("a.vhd"), &kVhdFormat, std::move(options)});
        return read_text(path("a.vhd"));
    }
    std::unique_ptr<Source> open(const std::string& name = "a.vhd", bool parents = false) const {
        OpenOptions options;
        options.format = &kVhdFormat;
        options.allow_backing = parents;
        return open_source(path(name), options);
    }
    CheckReport check() const {
        OpenOptions options;
        options.format = &kVhdFormat;
        return check_image(path("a.vhd"), options);
    }
    static void put(std::string& file, std::size_t at, std::uint64_t value, std::size_t bytes) {
        for (std::size_t i = 0; i < bytes; ++i) {
            file[at + i] = static_cast<char>(value >> 8 * (bytes - 1 - i));
        }
    }
    // Sums the footer at `at` or the header anew.
    static void seal(std::string& file, std::size_t at, std::size_t size, std::size_t field) {
        put(file, at + field, 0, 4);
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < size; ++i) sum += static_cast<unsigned char>(file[at + i]);
        put(file, at + field, static_cast<std::uint32_t>(~sum), 4);
    }
    static void seal_footers(std::string& file) {
        seal(file, 0, 512, 64);
        file.replace(file.size() - 512, 512, file.substr(0, 512));
    }
    std::string refusal(const std::string& name = "a.vhd", bool parents = true) const {
        try {
            read_disk(*open(name, parents));
        } catch (const Error& error) {
            return error.to_string();
        }
        return "no error";
    }
    // `file` made a child of itself as it stands in `parent`.
    static std::string child_of(std::string file, const std::string& parent) {
        put(file, 60, 4, 4);
        file[68] = static_cast<char>(file[68] + 1);
        seal_footers(file);
        std::string id = parent.substr(68, 16);
        file.replace(512 + 40, 16, id);
        const std::string name = "parent.vhd";
        for (std::size_t i = 0; i < name.size(); ++i) file[512 + 64 + 2 * i + 1] = name[i];
        seal(file, 512, 1024, 36);
        return file;
    }

    TempDir directory_{temp_root()};
};

TEST_F(VhdTest, RoundTripsAllSizesInBothKinds) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{512}, kMiB, 5 * kMiB + 512}) {
        for (const char* subformat : {"dynamic", "fixed"}) {
            write(size, {{"subformat", subformat}});
            EXPECT_TRUE(read_disk(*open()) == mixed_disk(size)) << size << subformat;
            EXPECT_TRUE(check().clean()) << size << subformat;
        }
    }
}

TEST_F(VhdTest, GeometryFollowsTheSpecification) {
    EXPECT_EQ(vhd::Chs::of_sectors(2048).sectors_per_track, 17);
    EXPECT_EQ(vhd::Chs::of_sectors(0).cylinders, 0);
    EXPECT_EQ(vhd::Chs::of_sectors(std::uint64_t{1} << 40), (vhd::Chs{65535, 16, 255}));
}

TEST_F(VhdTest, AlignRoundsTheSizeUp) {
    const std::string file = write(kMiB + 512, {{"subformat", "fixed"}, {"align", "1M"}});
    EXPECT_EQ(file.size(), 2 * kMiB + 512);
    EXPECT_EQ(open()->virtual_size(), 2 * kMiB);
}

TEST_F(VhdTest, WithoutForceSizeTheGeometryTellsAll) {
    write(kMiB + 512, {{"force_size", "off"}});
    const std::uint64_t size = open()->virtual_size();
    EXPECT_GE(size, kMiB + 512);
    EXPECT_EQ(vhd::Chs::of_sectors(size / 512).sectors() * 512, size);
}

TEST_F(VhdTest, HugeDisksTakeLittle) {
    for (const std::uint64_t size : {vhd::kMaxDisk - 512, vhd::kMaxDisk}) {
        const SpottedSource source(size,
                                   {0, 2 * kMiB - 512, 2 * kMiB, size / 2 / 512 * 512, size - 512});
        for (const char* subformat : {"dynamic", "fixed"}) {
            OutputSpec output{path("a.vhd"), &kVhdFormat, {{"subformat", subformat}}};
            output.sha256 = false;  // of the holes
            write_image(source, output);
            EXPECT_EQ(open()->virtual_size(), size);
            EXPECT_TRUE(compare_images(source, *open()).identical) << size << subformat;
            EXPECT_TRUE(check().clean()) << size << subformat;
            OpenOptions options;
            options.format = &kVhdFormat;
            EXPECT_LT(inspect_image(path("a.vhd"), options).allocated, 8 * kMiB);
        }
    }
}

TEST_F(VhdTest, DisksBeyond2040GibibytesAreRefused) {
    constexpr std::uint64_t kTiB = std::uint64_t{1} << 40;
    for (const std::uint64_t size : {vhd::kMaxDisk + 512, 2 * kTiB - 512, 6 * kTiB}) {
        for (const char* subformat : {"dynamic", "fixed"}) {
            const auto sink = make_sink({path("big.vhd"), &kVhdFormat, {{"subformat", subformat}}});
            EXPECT_THROW(sink->begin(size), Error);
            EXPECT_TRUE(list_directory(directory_.path()).empty());
        }
    }
}

TEST_F(VhdTest, TheCopyOfTheFooterServesWhenTheEndIsCut) {
    std::string file = write(3 * kMiB);
    file.resize(file.size() - 512);
    write_text(path("a.vhd"), file);
    EXPECT_TRUE(read_disk(*open()) == mixed_disk(3 * kMiB));
    EXPECT_EQ(check().corruptions, 1U);
}

TEST_F(VhdTest, AFooterOf511BytesIsRead) {
    std::string file = write(kMiB, {{"subformat", "fixed"}});
    file.pop_back();
    write_text(path("a.vhd"), file);
    EXPECT_TRUE(read_disk(*open()) == mixed_disk(kMiB));
}

TEST_F(VhdTest, SectorsThatTheBitmapCallsAbsentAreZeros) {
    std::string file = write(2 * kMiB);
    const std::size_t bitmap = 4096 + 4096 - 512;
    file[bitmap] = 0x7f;
    write_text(path("a.vhd"), file);
    auto expected = mixed_disk(2 * kMiB);
    std::fill_n(expected.begin(), 512, std::byte{0});
    EXPECT_TRUE(read_disk(*open()) == expected);
}

TEST_F(VhdTest, ChildrenReadTheirParents) {
    const std::string parent = write(2 * kMiB);
    std::string child = child_of(parent, parent);
    child[4096 + 4096 - 512] = 0;  // eight sectors are the parent's
    write_text(path("parent.vhd"), parent);
    write_text(path("a.vhd"), child);
    EXPECT_TRUE(read_disk(*open("a.vhd", true)) == mixed_disk(2 * kMiB));
    EXPECT_THAT(refusal("a.vhd", false), HasSubstr("--allow-backing"));
    std::string other = parent;
    other[70] = static_cast<char>(other[70] + 1);
    seal_footers(other);
    write_text(path("parent.vhd"), other);
    EXPECT_THAT(refusal(), HasSubstr("not over the parent"));
}

TEST_F(VhdTest, ADiskThatIsItsOwnParentIsRefused) {
    std::string loop = write(2 * kMiB);
    loop = child_of(loop, loop);
    loop.replace(512 + 40, 16, loop.substr(68, 16));
    seal(loop, 512, 1024, 36);
    write_text(path("parent.vhd"), loop);
    EXPECT_THAT(refusal("parent.vhd"), HasSubstr("its own parent"));
}

TEST_F(VhdTest, FieldsAtTheirLimitsAreRefused) {
    const std::string good = write(3 * kMiB);
    const std::vector<std::tuple<std::size_t, std::size_t>> footer = {{16, 8}, {48, 8}, {60, 4}};
    for (const auto& [at, bytes] : footer) {
        std::string file = good;
        put(file, at, ~std::uint64_t{511}, bytes);
        seal_footers(file);
        write_text(path("a.vhd"), file);
        EXPECT_NE(refusal(), "no error") << at;
    }
    const std::vector<std::tuple<std::size_t, std::size_t, std::uint64_t>> header = {
        {16, 8, ~std::uint64_t{0}}, {28, 4, 0xffffffff}, {28, 4, 0}, {32, 4, 0},
        {32, 4, 0xffffffff},        {32, 4, 256}};
    for (const auto& [at, bytes, value] : header) {
        std::string file = good;
        put(file, 512 + at, value, bytes);
        seal(file, 512, 1024, 36);
        write_text(path("a.vhd"), file);
        EXPECT_NE(refusal(), "no error") << at;
    }
    std::string file = good;
    put(file, 1536, 0xfffffffe, 4);
    write_text(path("a.vhd"), file);
    EXPECT_THAT(refusal(), HasSubstr("outside of the file"));
    EXPECT_EQ(check().corruptions, 1U);
}

TEST_F(VhdTest, SharedBlocksAreFound) {
    std::string file = write(4 * kMiB);
    file.replace(1540, 4, file.substr(1536, 4));
    write_text(path("a.vhd"), file);
    EXPECT_EQ(check().corruptions, 1U);
}

TEST_F(VhdTest, AnyTruncationIsRefusedOrReadsWhatIsThere) {
    const std::string good = write(kMiB);
    for (const std::size_t size : {0, 1, 511, 512, 1000, 1535, 1536, 1540, 4096, 8192, 500'000}) {
        write_text(path("a.vhd"), good.substr(0, size));
        EXPECT_NE(refusal(), "no error") << size;
    }
}

TEST_F(VhdTest, TheSameBytesWhateverTheThreads) {
    for (const char* subformat : {"dynamic", "fixed"}) {
        const MemorySource disk(mixed_disk(9 * kMiB));
        write_image(disk, {path("1.vhd"), &kVhdFormat, {{"subformat", subformat}}}, 1);
        write_image(disk, {path("3.vhd"), &kVhdFormat, {{"subformat", subformat}}}, 3);
        EXPECT_EQ(read_text(path("1.vhd")), read_text(path("3.vhd")));
    }
}

}  // namespace
}  // namespace kiln::formats
