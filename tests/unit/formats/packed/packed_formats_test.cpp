// Raw disks in compressed files, as formats of the registry.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/signature.h"
#include "formats/format.h"
#include "formats/inspect.h"
#include "formats/packed/content_kind.h"
#include "packed_builder.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class PackedFormat : public testing::Test {
  protected:
    fs::path write(std::string_view name, std::string_view bytes) {
        write_text(directory_.path() / name, bytes);
        return directory_.path() / name;
    }
    std::string refusal(const fs::path& path, const OpenOptions& options = {}) {
        try {
            read_disk(*open_source(path, options));
        } catch (const Error& error) {
            return fmt::format("{} {}", error.what(), error.hint());
        }
        return "";
    }
    TempDir directory_{temp_root()};
};

const std::vector<std::pair<std::string, std::string>> kFormatsAndPackings = {{"raw.gz", "gzip"},
                                                                              {"raw.xz", "xz"},
                                                                              {"raw.zst", "zstd"},
                                                                              {"raw.bz2", "bzip2"},
                                                                              {"raw.zip", "zip"}};

TEST_F(PackedFormat, IsFoundByItsMagicAndReadAsADisk) {
    for (const auto& [format, packing] : kFormatsAndPackings) {
        for (const std::size_t size : {0, 512, 1'000'448, 300'001}) {
            SCOPED_TRACE(fmt::format("{} {}", format, size));
            const auto disk = mixed_disk(size, 11);
            const auto source = open_source(write("disk", pack(as_text(disk), packing)));
            EXPECT_EQ(source->info().format, format);
            EXPECT_EQ(source->info().compression, packing);
            EXPECT_TRUE(source->sequential());
            EXPECT_EQ(source->virtual_size(), size);
            EXPECT_EQ(read_disk(*source), disk);
        }
    }
}

TEST_F(PackedFormat, ConvertsWithAnyNumberOfThreads) {
    const auto disk = mixed_disk(5'000'192, 12);
    for (const auto& [format, packing] : kFormatsAndPackings) {
        const auto path = write("disk", pack(as_text(disk), packing));
        for (const unsigned threads : {1U, 4U}) {
            const auto out = directory_.path() / "out.raw";
            write_image(*open_source(path), {out, find_format("raw"), {}}, threads);
            EXPECT_EQ(read_text(out), as_text(disk)) << format;
        }
    }
}

TEST_F(PackedFormat, IsOneExtentAndReadForwardsOnly) {
    const auto source = open_source(write("disk", pack(std::string(100'000, 'x'), "gzip")));
    EXPECT_EQ(source->next_extent(4096, 1), (Extent{4096, 95'904, Extent::Kind::Data}));
    std::vector<std::byte> part(1000);
    source->read(5000, part);
    source->read(50'000, part);
    try {
        source->read(50'999, part);
        FAIL() << "it went back";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("front to back"));
    }
}

TEST_F(PackedFormat, RefusesWhatIsNoRawDiskInside) {
    std::string vdi(512, '\0');
    vdi.replace(64, 4, "\x7f\x10\xda\xbe");
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"QFI\xfb" + std::string(600, '\0'), "a qcow2 image"},
        {"KDMV" + std::string(600, '\0'), "a VMDK"},
        {"# Disk DescriptorFile\n", "a VMDK's descriptor"},
        {"vhdxfile", "a VHDX"},
        {"conectix", "a VHD"},
        {vdi, "a VDI"},
        {pack("x", "gzip"), "gzip data once more"},
        {pack("x", "xz"), "xz data"},
        {make_archive({{"etc/passwd", "x"}}, "ustar"), "a tar archive"},
    };
    for (const auto& [inside, kind] : cases) {
        for (const auto& [format, packing] : kFormatsAndPackings) {
            SCOPED_TRACE(fmt::format("{} in {}", kind, format));
            const auto path = write("x", pack(inside, packing));
            EXPECT_THAT(refusal(path), HasSubstr(kind));
            EXPECT_THAT(refusal(path), HasSubstr("Unpack it"));
            // Whoever names the format knows that a guest wrote this.
            OpenOptions named;
            named.format = find_format(format);
            EXPECT_EQ(as_text(read_disk(*open_source(path, named))), inside);
        }
    }
}

TEST_F(PackedFormat, LayersAreTakenOffOneAtATime) {
    OpenOptions named;
    named.format = find_format("raw.xz");
    const std::string inner = pack("a disk", "xz");
    const auto path = write("x", pack(inner, "xz"));
    EXPECT_EQ(as_text(read_disk(*open_source(path, named))), inner);
}

TEST_F(PackedFormat, CheckDecodesAllOfIt) {
    for (const auto& [format, packing] : kFormatsAndPackings) {
        SCOPED_TRACE(format);
        std::string packed = pack(as_text(mixed_disk(700'000, 13)), packing);
        EXPECT_TRUE(check_image(write("x", packed), {}).clean());
        packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
        CheckReport report;
        try {
            report = check_image(write("x", packed), {});
        } catch (const Error& error) {
            report.corruption(error.what());  // met while counting
        }
        EXPECT_FALSE(report.clean());
    }
}

TEST_F(PackedFormat, OpeningIsCancelledWhileItCounts) {
    const auto path = write("x", pack(std::string(5'000'000, 'x'), "gzip"));
    CancelSource source;
    source.cancel("enough");
    OpenOptions options;
    options.cancel = source.token();
    EXPECT_THROW(open_source(path, options), Cancelled);
}

TEST_F(PackedFormat, ABombIsCountedInLittleMemory) {
    // 4 GiB of zeros in 4 MiB: members of 64 MiB.
    const std::string member = pack(std::string(std::size_t{64} << 20, '\0'), "gzip");
    std::string bomb;
    for (unsigned i = 0; i < 64; ++i) bomb += member;
    const auto source = open_source(write("bomb", bomb));
    EXPECT_EQ(source->virtual_size(), std::uint64_t{4} << 30);
}

TEST_F(PackedFormat, ZipHoldsExactlyOneFile) {
    EXPECT_THAT(refusal(write("x", make_archive({{"a", "1"}, {"b", "2"}}, "zip"))),
                HasSubstr("holds 2 files"));
    EXPECT_THAT(refusal(write("x", make_archive({}, "zip"))), HasSubstr("is not known"));
    const auto path =
        write("x", make_archive({{"dir/", "", 0040000}, {"dir/../../disk", "abc"}}, "zip"));
    EXPECT_EQ(as_text(read_disk(*open_source(path))), "abc");
    EXPECT_THAT(refusal(write("x", make_archive({{"a", "/etc/passwd", 0120000}}, "zip"))),
                HasSubstr("no regular file"));
}

// Changes two bytes in the only entry of the central directory.
std::string with_directory_field(std::string zip, std::size_t at, unsigned value) {
    const std::size_t entry = zip.find("PK\1\2");
    zip[entry + at] = static_cast<char>(value & 0xff);
    zip[entry + at + 1] = static_cast<char>(value >> 8);
    return zip;
}

TEST_F(PackedFormat, ZipTellsWhatItCannotRead) {
    const std::string zip = pack(std::string(5000, 'x'), "zip");
    EXPECT_THAT(refusal(write("x", with_directory_field(zip, 8, 1))), HasSubstr("encrypted"));
    EXPECT_THAT(refusal(write("x", with_directory_field(zip, 10, 93))), HasSubstr("number 93"));
    EXPECT_THAT(refusal(write("x", with_directory_field(zip, 24, 4999))), HasSubstr("damaged"));
    EXPECT_THAT(refusal(write("x", with_directory_field(zip, 24, 5001))), HasSubstr("damaged"));
    EXPECT_THAT(refusal(write("x", with_directory_field(zip, 16, 0))), HasSubstr("checksum"));
    EXPECT_THAT(refusal(write("x", with_directory_field(zip, 28, 60000))), HasSubstr("damaged"));
    EXPECT_THAT(refusal(write("x", with_directory_field(zip, 42, 0xfff0))), HasSubstr("damaged"));
    EXPECT_THAT(refusal(write("x", with_directory_field(zip, 22, 0x7000))), HasSubstr("cut off"));
}

TEST_F(PackedFormat, ZipIsNotBelievedWhatCannotBe) {
    // Of the directory's entry: the plain size; of the end: the number of entries.
    std::string huge = pack("the disk", "zip");
    const std::size_t entry = huge.find("PK\1\2");
    ASSERT_NE(entry, std::string::npos);
    huge.replace(entry + 24, 4, "\xff\xff\xff\x7f");
    EXPECT_THAT(refusal(write("x", huge)), HasSubstr("longer than its data can be"));

    std::string two = make_archive({{"a.img", "a"}, {"b.img", "b"}}, "zip");
    const std::size_t end = two.rfind("PK\5\6");
    ASSERT_NE(end, std::string::npos);
    two.replace(end + 8, 4, std::string("\1\0\1\0", 4));
    EXPECT_THAT(refusal(write("x", two)), HasSubstr("directory is not valid"));
}

TEST_F(PackedFormat, FileNamesTellTheFormat) {
    EXPECT_EQ(format_of_file_name("disk.img.gz"), find_format("raw.gz"));
    EXPECT_EQ(format_of_file_name("disk.raw.XZ"), find_format("raw.xz"));
    EXPECT_EQ(format_of_file_name("disk.zst"), find_format("raw.zst"));
    EXPECT_EQ(format_of_file_name("disk.bz2"), find_format("raw.bz2"));
    EXPECT_EQ(format_of_file_name("disk.zip"), find_format("raw.zip"));
    EXPECT_EQ(format_of_file_name("disk.tar.gz"), find_format("gcp"));
}

TEST(Signature, MatchesOnlyWhatIsAllThere) {
    const std::string head = "xxQED" + std::string(1, '\0');
    const auto bytes = as_byte_span(head);
    EXPECT_EQ(unreadable_kind(bytes.subspan(2)), "a QED image");
    EXPECT_EQ(unreadable_kind(bytes.subspan(2, 3)), "");
    EXPECT_EQ(unreadable_kind(bytes), "");
    EXPECT_TRUE((Signature{2, "QED", ""}.matches(bytes)));
    EXPECT_FALSE((Signature{4, "DQED", ""}.matches(bytes)));
    EXPECT_FALSE((Signature{~std::size_t{0}, "x", ""}.matches(bytes)));
}

TEST(ContentKind, IsEmptyForWhatMayBeADisk) {
    EXPECT_EQ(content_kind({}), "");
    const auto disk = mixed_disk(512, 3);
    EXPECT_EQ(content_kind(disk), "");
}

}  // namespace
}  // namespace kiln::formats
