#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/inspect.h"
#include "formats/vdi/vdi_format.h"
#include "tests/unit/formats/engine/spotted_source.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;
constexpr std::size_t kMiB = 1 << 20;

class VdiTest : public testing::Test {
  protected:
    fs::path path(const std::string& name) const { return directory_.path() / name; }
    std::string write(std::size_t size, std::map<std::string, std::string> options = {}) const {
        write_image(MemorySource(mixed_disk(size)),
                    {path("a.vdi"), &kVdiFormat, std::move(options)});
        return read_text(path("a.vdi"));
    }
    OpenOptions options() const {
        OpenOptions options;
        options.format = &kVdiFormat;
        return options;
    }
    CheckReport check() const { return check_image(path("a.vdi"), options()); }
    std::string refusal() const {
        try {
            read_disk(*open_source(path("a.vdi"), options()));
        } catch (const Error& error) {
            return error.to_string();
        }
        return "no error";
    }
    static void put(std::string& file, std::size_t at, std::uint32_t value) {
        for (std::size_t i = 0; i < 4; ++i) file[at + i] = static_cast<char>(value >> 8 * i);
    }

    TempDir directory_{temp_root()};
};

TEST_F(VdiTest, RoundTripsAllSizesInBothKinds) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{512}, kMiB, 5 * kMiB + 512}) {
        for (const char* subformat : {"dynamic", "static"}) {
            write(size, {{"subformat", subformat}});
            EXPECT_TRUE(read_disk(*open_source(path("a.vdi"), options())) == mixed_disk(size));
            EXPECT_TRUE(check().clean()) << size << subformat;
        }
    }
}

TEST_F(VdiTest, HugeDisksTakeLittle) {
    constexpr std::uint64_t kTiB = std::uint64_t{1} << 40;
    for (const std::uint64_t size : {2 * kTiB - 512, 6 * kTiB}) {
        const SpottedSource source(size, {0, kMiB - 512, kMiB, size / 2 / 512 * 512, size - 512});
        for (const char* subformat : {"dynamic", "static"}) {
            // Millions of blocks, one by one: the slow suite does that.
            if (size > 2 * kTiB && std::string_view(subformat) == "static") continue;
            OutputSpec output{path("a.vdi"), &kVdiFormat, {{"subformat", subformat}}};
            output.sha256 = false;  // of the holes
            write_image(source, output);
            const auto written = open_source(path("a.vdi"), options());
            EXPECT_EQ(written->virtual_size(), size);
            EXPECT_TRUE(compare_images(source, *written).identical) << size << subformat;
            EXPECT_TRUE(check().clean()) << size << subformat;
            // The map alone has 24 MiB.
            EXPECT_LT(inspect_image(path("a.vdi"), options()).allocated, 32 * kMiB);
        }
    }
}

TEST_F(VdiTest, DisksBeyond512TebibytesAreRefused) {
    const auto sink = make_sink({path("a.vdi"), &kVdiFormat, {}});
    EXPECT_THROW(sink->begin((std::uint64_t{512} << 40) + 512), Error);
    EXPECT_TRUE(list_directory(directory_.path()).empty());
}

TEST_F(VdiTest, StaticOnIsAnotherWordForIt) {
    EXPECT_EQ(write(3 * kMiB, {{"static", "on"}}), write(3 * kMiB, {{"subformat", "static"}}));
    EXPECT_THROW(write(512, {{"static", "on"}, {"subformat", "dynamic"}}), Error);
}

TEST_F(VdiTest, DiscardedBlocksAreZeros) {
    std::string file = write(2 * kMiB, {{"static", "on"}});
    put(file, 512, 0xfffffffe);
    put(file, 388, 1);
    write_text(path("a.vdi"), file);
    const auto source = open_source(path("a.vdi"), options());
    EXPECT_EQ(source->next_extent(0, kMiB), (Extent{0, kMiB, Extent::Kind::Zero}));
    EXPECT_EQ(read_disk(*source)[100], std::byte{0});
}

TEST_F(VdiTest, DisksOfASnapshotChainAreRefused) {
    const std::string good = write(kMiB);
    for (const auto& [at, value] : {std::pair{76, 4}, {76, 3}, {424, 1}, {440, 1}}) {
        std::string file = good;
        put(file, static_cast<std::size_t>(at), static_cast<std::uint32_t>(value));
        write_text(path("a.vdi"), file);
        EXPECT_THAT(refusal(), HasSubstr("differencing")) << at;
    }
}

TEST_F(VdiTest, FieldsAtTheirLimitsAreRefused) {
    const std::string good = write(3 * kMiB);
    for (const std::size_t at : {64, 68, 76, 340, 344, 360, 376, 380, 384, 512}) {
        for (const std::uint32_t value : {0xfffffffdU, 0x7fffffffU}) {
            std::string file = good;
            put(file, at, value);
            write_text(path("a.vdi"), file);
            EXPECT_NE(refusal(), "no error") << at;
        }
    }
}

TEST_F(VdiTest, SharedBlocksAndWrongCountsAreFound) {
    std::string file = write(3 * kMiB, {{"static", "on"}});
    put(file, 516, 0);
    write_text(path("a.vdi"), file);
    EXPECT_EQ(check().corruptions, 1U);
    EXPECT_EQ(check().leaks, 1U);
    put(file, 516, 1);
    put(file, 388, 7);
    write_text(path("a.vdi"), file);
    EXPECT_EQ(check().corruptions, 1U);
}

TEST_F(VdiTest, AnyTruncationIsRefused) {
    const std::string good = write(kMiB);
    for (const std::size_t size : {0, 1, 64, 68, 511, 512, 515, 4096, 1'048'576, 1'500'000}) {
        write_text(path("a.vdi"), good.substr(0, size));
        EXPECT_NE(refusal(), "no error") << size;
    }
}

TEST_F(VdiTest, TheSameBytesWhateverTheThreads) {
    const MemorySource disk(mixed_disk(9 * kMiB));
    write_image(disk, {path("1.vdi"), &kVdiFormat, {}}, 1);
    write_image(disk, {path("3.vdi"), &kVdiFormat, {}}, 3);
    EXPECT_EQ(read_text(path("1.vdi")), read_text(path("3.vdi")));
}

}  // namespace
}  // namespace kiln::formats
