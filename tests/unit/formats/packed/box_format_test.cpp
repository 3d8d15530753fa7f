// Vagrant boxes, and what is kept in temporary files for them.
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "formats/file/spool.h"
#include "formats/format.h"
#include "formats/inspect.h"
#include "packed_builder.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;
namespace fs = std::filesystem;

class Box : public testing::Test {
  protected:
    fs::path write(std::string_view bytes) {
        write_text(directory_.path() / "x.box", bytes);
        return directory_.path() / "x.box";
    }
    // The bytes of an image of this disk.
    std::string image(const std::vector<std::byte>& disk, std::string_view format) {
        const auto path = directory_.path() / "image";
        write_image(MemorySource(disk), {path, find_format(format), {}});
        return read_text(path);
    }
    std::string refusal(const fs::path& path, const std::string& disk = {}) {
        OpenOptions options;
        options.disk = disk;
        options.format = find_format("box");
        try {
            read_disk(*open_source(path, options));
        } catch (const Error& error) {
            return fmt::format("{} {}", error.what(), error.hint());
        }
        return "";
    }
    TempDir directory_{temp_root()};
};

constexpr const char* kLibvirt = R"({"provider": "libvirt", "format": "qcow2", "virtual_size": 1})";

TEST_F(Box, OfLibvirtIsReadWhateverItsCompressionAndOrder) {
    const auto disk = mixed_disk(2'000'384, 31);
    const PackedMember image_member{"./box.img", image(disk, "qcow2")};
    const std::vector<std::vector<PackedMember>> orders = {
        {{"./metadata.json", kLibvirt}, {"./Vagrantfile", "x"}, image_member},
        {{"./", "", 0040000}, {"./Vagrantfile", "x"}, image_member, {"./metadata.json", kLibvirt}}};
    for (const auto& members : orders) {
        for (const std::string packing : {"none", "gzip", "xz", "zstd without size", "bzip2"}) {
            SCOPED_TRACE(packing);
            const bool sized = packing.starts_with("zstd");
            const auto path = write(make_archive(members, "ustar", sized ? "zstd" : packing));
            const auto source = open_source(path);
            EXPECT_EQ(source->info().format, "box");
            EXPECT_THAT(source->info().details, AllOf(Contains(Pair("provider", "libvirt")),
                                                      Contains(Pair("member", "box.img"))));
            EXPECT_FALSE(source->sequential());
            EXPECT_TRUE(read_disk(*source) == disk);
            EXPECT_TRUE(check_image(path, {}).clean());
        }
    }
}

TEST_F(Box, OfVirtualBoxHoldsAVmdk) {
    const auto disk = mixed_disk(1'000'448, 32);
    for (const std::string packing : {"none", "gzip"}) {
        const auto path = write(make_archive({{"Vagrantfile", "x"},
                                              {"box-disk001.vmdk", image(disk, "vmdk")},
                                              {"box.ovf", "<Envelope/>"},
                                              {"metadata.json", R"({"provider":"virtualbox"})"}},
                                             "gnutar", packing));
        EXPECT_TRUE(read_disk(*open_source(path)) == disk);
    }
}

TEST_F(Box, OfHyperVHoldsAVhdxInAFolder) {
    const auto disk = mixed_disk(3'000'320, 33);
    const auto path = write(make_archive({{"metadata.json", R"({"provider":"hyperv"})"},
                                          {"Virtual Hard Disks/disk.vhdx", image(disk, "vhdx")},
                                          {"Virtual Machines/box.xml", "<x/>"}},
                                         "pax", "gzip"));
    EXPECT_TRUE(read_disk(*open_source(path)) == disk);
}

TEST_F(Box, WithSeveralDisksNeedsAChoice) {
    const auto a = mixed_disk(100'352, 34);
    const auto b = mixed_disk(200'704, 35);
    for (const std::string packing : {"none", "gzip"}) {
        SCOPED_TRACE(packing);
        const auto path = write(make_archive({{"metadata.json", kLibvirt},
                                              {"box_0.img", image(a, "qcow2")},
                                              {"box_1.img", image(b, "qcow2")}},
                                             "ustar", packing));
        EXPECT_THAT(refusal(path), AllOf(HasSubstr("holds 2 disks"), HasSubstr("box_1.img")));
        EXPECT_THAT(refusal(path, "3"), HasSubstr("no disk 3"));
        OpenOptions options;
        options.disk = "box_1.img";
        EXPECT_TRUE(read_disk(*open_source(path, options)) == b);
        options.disk = "1";
        EXPECT_TRUE(read_disk(*open_source(path, options)) == a);
    }
}

TEST_F(Box, NeverGuessesAFormatFromADisk) {
    std::string guest = image(mixed_disk(100'352, 36), "qcow2");
    // The box says raw: what its disk begins with is the guest's business.
    const auto path = write(make_archive(
        {{"metadata.json", R"({"provider":"libvirt","format":"raw"})"}, {"box.img", guest}},
        "ustar"));
    EXPECT_EQ(as_text(read_disk(*open_source(path))), guest);
    EXPECT_THAT(refusal(write(make_archive({{"box.img", guest}}, "ustar"))),
                HasSubstr("format of box.img"));
    EXPECT_THAT(
        refusal(write(make_archive(
            {{"metadata.json", R"({"provider":"parallels"})"}, {"box.img", guest}}, "ustar"))),
        HasSubstr("parallels"));
    EXPECT_THAT(refusal(write(make_archive({{"metadata.json", kLibvirt}, {"a.vhd", "x"}}, "pax"))),
                HasSubstr("vhd"));
}

TEST_F(Box, OpensNothingThatItsDiskNames) {
    const auto secret = directory_.path() / "secret";
    write_text(secret, "the host's secret, 512 bytes of it" + std::string(478, '.'));
    std::string qcow2 = image(mixed_disk(100'352, 37), "qcow2");
    // A backing file: offset and length in the header, the name behind it.
    const std::string name = secret.string();
    const std::size_t at = 1024;
    for (unsigned i = 0; i < 8; ++i) {
        qcow2[8 + i] = static_cast<char>(at >> (56 - 8 * i));
    }
    for (unsigned i = 0; i < 4; ++i) qcow2[16 + i] = static_cast<char>(name.size() >> (24 - 8 * i));
    qcow2.replace(at, name.size(), name);
    const auto path =
        write(make_archive({{"metadata.json", kLibvirt}, {"box.img", qcow2}}, "ustar", "gzip"));
    OpenOptions options;
    options.allow_backing = true;
    EXPECT_THROW(open_source(path, options), Error);
}

TEST_F(Box, RefusesHostileArchives) {
    const std::string disk = image(mixed_disk(100'352, 38), "qcow2");
    const PackedMember metadata{"metadata.json", kLibvirt};
    EXPECT_THAT(refusal(write(make_archive({metadata}, "ustar"))), HasSubstr("no disk"));
    EXPECT_THAT(
        refusal(write(make_archive({metadata, {"box.img", "/etc/shadow", 0120000}}, "pax"))),
        HasSubstr("no disk"));
    EXPECT_THAT(refusal(write(make_archive({metadata, {"box.img", "", 0020000}}, "ustar"))),
                HasSubstr("no disk"));
    EXPECT_THAT(refusal(write(make_archive(
                    {{"metadata.json", "{\"provider\": "}, {"box.img", disk}}, "pax"))),
                HasSubstr("no JSON object"));
    EXPECT_THAT(refusal(write(make_archive(
                    {{"metadata.json", std::string(100'000, '[')}, {"box.img", disk}}, "pax"))),
                HasSubstr("no JSON object"));
    EXPECT_THAT(
        refusal(write(make_archive(
            {{"metadata.json", std::string((1 << 20) + 1, ' ')}, {"box.img", disk}}, "pax"))),
        HasSubstr("larger than 1 MiB"));
    EXPECT_THAT(refusal(write(
                    make_archive({metadata, {"disk.vmdk", "x"}, {"disk-s001.vmdk", "x"}}, "pax"))),
                HasSubstr("several files"));
    const std::string whole = make_archive({metadata, {"box.img", disk}}, "ustar", "gzip");
    for (std::size_t length = 0; length < whole.size(); length += whole.size() / 37) {
        EXPECT_NE(refusal(write(whole.substr(0, length))), "") << length;
    }
}

TEST_F(Box, RefusesNamesAndWordsWithoutEnd) {
    const std::string name = std::string(5000, 'n') + ".img";
    EXPECT_THAT(refusal(write(make_archive({{name, "x"}}, "gnutar", "gzip"))),
                HasSubstr("longer than 4096 bytes"));
    EXPECT_THAT(refusal(write(make_archive({{name, "x"}}, "pax"))),
                HasSubstr("longer than 4096 bytes"));
    const auto with = [&](const std::string& metadata) {
        return write(make_archive({{"metadata.json", metadata}, {"box.img", "x"}}, "ustar"));
    };
    EXPECT_THAT(
        refusal(with(R"({"provider": "libvirt", "format": ")" + std::string(65, 'q') + "\"}")),
        HasSubstr("longer than 64 bytes"));
    EXPECT_THAT(refusal(with(std::string(500'000, '['))), HasSubstr("no JSON object"));
    EXPECT_NE(
        refusal(with(R"({"a": )" + std::string(500'000, '[') + std::string(500'000, ']') + "}")),
        "");
}

TEST_F(Box, RefusesXzThatNeedsMuchMemory) {
    XzParts xz = XzParts::of(make_archive({{"metadata.json", R"({"provider": "libvirt"})"},
                                           {"box.img", image(mixed_disk(100'352, 3), "qcow2")}},
                                          "ustar"));
    const auto box = [&] { return write(xz.build({xz.block}, {{xz.unpadded, xz.plain}})); };
    EXPECT_EQ(refusal(box()), "");
    xz.set_dictionary(37);
    EXPECT_THAT(refusal(box()), HasSubstr("too much memory"));
}

TEST_F(Box, UnpackingCanBeCancelled) {
    const auto path = write(make_archive(
        {{"metadata.json", kLibvirt}, {"box.img", std::string(9'000'000, 'x')}}, "ustar", "gzip"));
    CancelSource source;
    source.cancel("enough");
    OpenOptions options;
    options.format = find_format("box");
    options.cancel = source.token();
    EXPECT_THROW(open_source(path, options), Cancelled);
}

TEST(Spool, KeepsBytesAndMakesHolesOfZeros) {
    for (const std::size_t step : {1UL, 1000UL, 4096UL, 300'000UL}) {
        const auto disk = mixed_disk(step == 1 ? 20'001 : 1'000'001, 41);
        Spool spool("the disk");
        for (std::size_t at = 0; at < disk.size(); at += step) {
            spool.append(std::span(disk).subspan(at, std::min(step, disk.size() - at)));
        }
        const InputFile file = spool.finish();
        ASSERT_EQ(file.size(), disk.size());
        std::vector<std::byte> back(disk.size());
        file.read(0, back);
        EXPECT_TRUE(back == disk);
    }
    Spool empty("1 TiB of nothing");
    empty.append_zeros(std::uint64_t{1} << 40);
    const InputFile file = empty.finish();
    EXPECT_EQ(file.size(), std::uint64_t{1} << 40);
    EXPECT_LT(file.allocated(), 1U << 20);
    const FileStretch hole = file.stretch(0, 1);
    EXPECT_FALSE(hole.data);
    EXPECT_EQ(hole.end, file.size());
}

TEST(Spool, TakesAllOfAPipe) {
    const std::string disk = as_text(mixed_disk(3'000'001, 42));
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd in(ends[0]);
    std::thread writer([&disk, out = UniqueFd(ends[1])] { write_all(out.get(), disk, "pipe"); });
    const InputFile file = spool(in.get(), CancelToken());
    writer.join();
    EXPECT_EQ(file.name(), "standard input");
    std::vector<std::byte> back(file.size());
    file.read(0, back);
    EXPECT_TRUE(as_text(back) == disk);
}

TEST(Spool, WaitingForAPipeCanBeCancelled) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd in(ends[0]);
    const UniqueFd out(ends[1]);
    CancelSource source;
    std::thread later([&] { source.cancel("enough"); });
    EXPECT_THROW(spool(in.get(), source.token()), Cancelled);
    later.join();
}

TEST(Spool, TellsWhatCannotBeRead) {
    EXPECT_THROW(spool(12345, CancelToken()), Error);  // not open
}

}  // namespace
}  // namespace kiln::formats
