// Archives for Google Compute Engine, written and read; tar archives of every kind.
#include "formats/packed/gcp_sink.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/file.h"
#include "formats/format.h"
#include "formats/inspect.h"
#include "formats/packed/inflate_stream.h"
#include "formats/packed/tar_stream.h"
#include "packed_builder.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr std::uint64_t kGib = std::uint64_t{1} << 30;

class Gcp : public testing::Test {
  protected:
    fs::path path(std::string_view name) const { return directory_.path() / name; }
    fs::path write(std::string_view name, std::string_view bytes) {
        write_text(path(name), bytes);
        return path(name);
    }
    OutputSpec spec(std::string_view round = "off", Speed speed = Speed::Balanced) const {
        return {path("out.tar.gz"), find_format("gcp"), {{"round", std::string(round)}}, speed};
    }
    std::string refusal(const fs::path& file) {
        try {
            read_disk(*open_source(file));
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }
    TempDir directory_{temp_root()};
};

TEST_F(Gcp, ComesBackAsItWas) {
    for (const std::size_t size : {0UL, 512UL, 262'144UL, 262'656UL, 3'000'320UL, 300'001UL}) {
        for (const Speed speed : {Speed::Fast, Speed::Balanced, Speed::Small}) {
            SCOPED_TRACE(size);
            const auto disk = mixed_disk(size, 21);
            write_image(MemorySource(disk), spec("off", speed));
            const auto source = open_source(spec().path);
            EXPECT_EQ(source->info().format, "gcp");
            EXPECT_EQ(source->virtual_size(), size);
            EXPECT_EQ(read_disk(*source), disk);
            EXPECT_TRUE(check_image(spec().path, {}).clean());
        }
    }
}

TEST_F(Gcp, IsRoundedUpToWholeGibibytes) {
    const auto disk = mixed_disk(1'000'448, 22);
    const auto result = write_image(MemorySource(disk), spec("1G"));
    EXPECT_LT(result.outputs[0].file_size, 2'500'000U);
    const auto source = open_source(spec().path);
    ASSERT_EQ(source->virtual_size(), kGib);
    std::vector<std::byte> head(disk.size());
    source->read(0, head);
    EXPECT_EQ(head, disk);
    EXPECT_TRUE(check_image(spec().path, {}).clean());
    EXPECT_TRUE(check_image(spec().path, {}).notes.empty());
}

TEST_F(Gcp, SaysWhenGoogleWouldNotTakeTheSize) {
    write_image(MemorySource(mixed_disk(512, 22)), spec("off"));
    EXPECT_THAT(check_image(spec().path, {}).notes, testing::ElementsAre(HasSubstr("1 GiB")));
}

TEST_F(Gcp, IsTheSameBytesWhateverTheThreads) {
    const MemorySource disk(mixed_disk(9'000'448, 23));
    const auto first = write_image(disk, spec(), 1);
    const std::string bytes = read_text(spec().path);
    const auto second = write_image(disk, spec(), 4);
    EXPECT_EQ(read_text(spec().path), bytes);
    EXPECT_EQ(first.outputs[0].sha256, second.outputs[0].sha256);
    EXPECT_EQ(first.outputs[0].sha256, digest_hex(DigestType::Sha256, bytes));
    EXPECT_EQ(first.outputs[0].file_size, bytes.size());
}

// A disk of one kind of bytes, without memory for it.
class HugeSource : public Source {
  public:
    explicit HugeSource(std::uint64_t size) : size_(size) {}
    std::uint64_t virtual_size() const override { return size_; }
    Extent next_extent(std::uint64_t offset, std::uint64_t) const override {
        const std::uint64_t data = size_ - 4096;
        if (offset < data) return {offset, data - offset, Extent::Kind::Hole};
        return {offset, size_ - offset, Extent::Kind::Data};
    }
    void read(std::uint64_t, std::span<std::byte> out) const override {
        std::ranges::fill(out, std::byte{'x'});
    }
    SourceInfo info() const override { return {}; }

  private:
    std::uint64_t size_;
};

TEST_F(Gcp, ZerosCostAThousandthWhereTheyAreNotLeftOut) {
    OutputSpec plain = spec();
    plain.options.emplace("sparse", "off");
    const auto result = write_image(HugeSource(40 * kGib), plain);
    EXPECT_LT(result.outputs[0].file_size, 42 * kGib / 1000);
    const auto source = open_source(spec().path);
    EXPECT_EQ(source->virtual_size(), 40 * kGib);  // base 256 in the header
}

TEST_F(Gcp, ReadsEveryKindOfTar) {
    const auto disk = mixed_disk(700'416, 24);
    for (const std::string format : {"ustar", "gnutar", "pax"}) {
        for (const std::string packing : {"none", "gzip", "xz", "zstd", "bzip2"}) {
            for (const std::string name : {"disk.raw", "./disk.raw"}) {
                SCOPED_TRACE(format + " " + packing + " " + name);
                const auto file = write(
                    "x",
                    make_archive({{"./", "", 0040000}, {name, as_text(disk)}}, format, packing));
                const auto source = open_source(file);
                EXPECT_EQ(source->info().format, "gcp");
                EXPECT_EQ(read_disk(*source), disk);
            }
        }
    }
}

TEST_F(Gcp, RefusesWhatElseStandsInTheArchive) {
    EXPECT_THAT(refusal(write("x", make_archive({{"disk.raw", "abc"}, {"more", "x"}}, "ustar"))),
                HasSubstr("holds more besides"));
    OpenOptions named;
    named.format = find_format("gcp");
    for (const auto& member : std::vector<PackedMember>{{"disk.img", "abc"},
                                                        {"/disk.raw", "abc"},
                                                        {"../disk.raw", "abc"},
                                                        {"disk.raw", "/etc/passwd", 0120000},
                                                        {"disk.raw", "", 0040000}}) {
        const auto file = write("x", make_archive({member}, "pax"));
        EXPECT_THROW(open_source(file, named), Error) << member.name;
    }
}

TEST_F(Gcp, RefusesXzThatNeedsMuchMemory) {
    const auto disk = mixed_disk(300'032, 26);
    XzParts xz = XzParts::of(make_archive({{"disk.raw", as_text(disk)}}, "ustar"));
    const auto archive = [&] {
        return write("x", xz.build({xz.block}, {{xz.unpadded, xz.plain}}));
    };
    EXPECT_EQ(read_disk(*open_source(archive())), disk);
    xz.set_dictionary(37);
    EXPECT_THAT(refusal(archive()), HasSubstr("too much memory"));
}

TEST_F(Gcp, ReadingWhatStandsBehindTheDiskCanBeCancelled) {
    const std::string whole =
        make_archive({{"disk.raw", "abc"}}, "ustar") + std::string(5'000'000, '\0');
    CancelSource cancel;
    OpenOptions options;
    options.cancel = cancel.token();
    const auto source = open_source(write("x", pack(whole, "gzip")), options);
    cancel.cancel("enough");
    EXPECT_THROW(read_disk(*source), Cancelled);
}

TEST_F(Gcp, TellsWhereItWasCutOff) {
    const auto disk = mixed_disk(300'032, 25);
    const std::string whole = make_archive({{"disk.raw", as_text(disk)}}, "ustar");
    // The blocks of zeros at the end may be missing.
    for (const std::size_t length : {600UL, 5000UL, 300'000UL}) {
        EXPECT_THAT(refusal(write("x", whole.substr(0, length))), HasSubstr("cut off")) << length;
    }
    const std::string packed = pack(whole, "gzip");
    for (std::size_t length = 400; length < packed.size(); length += packed.size() / 23) {
        EXPECT_NE(refusal(write("x", packed.substr(0, length))), "") << length;
    }
    EXPECT_NE(refusal(write("x", packed.substr(0, packed.size() - 1))), "");
}

// Headers that are put together by hand.
class TarHeaders : public testing::Test {
  protected:
    static std::string block(std::string_view name, std::string size, char type,
                             const std::function<void(std::string&)>& change = {}) {
        std::string bytes(512, '\0');
        bytes.replace(0, name.size(), name);
        bytes.replace(100, 7, "0000644");
        bytes.replace(124, size.size(), size);
        bytes[156] = type;
        bytes.replace(257, 8, std::string("ustar  \0", 8));
        if (change) change(bytes);
        bytes.replace(148, 8, "        ");
        unsigned sum = 0;
        for (const char c : bytes) sum += static_cast<unsigned char>(c);
        bytes.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
        return bytes;
    }
    static std::string octal(std::uint64_t value) { return fmt::format("{:011o}", value); }
    static std::string padded(std::string text) {
        text.resize((text.size() + 511) / 512 * 512);
        return text;
    }
    static std::string pax(const std::vector<std::pair<std::string, std::string>>& records) {
        std::string text;
        for (const auto& [key, value] : records) {
            std::size_t length = key.size() + value.size() + 3;
            length += std::to_string(length + 2).size();
            text += fmt::format("{} {}={}\n", length, key, value);
        }
        return block("pax", octal(text.size()), 'x') + padded(text);
    }
    TarStream open(std::string_view bytes) {
        write_text(directory_.path() / "x", bytes);
        return TarStream(make_plain_stream(InputFile::open(directory_.path() / "x")), "x");
    }
    std::string refusal(std::string_view bytes) {
        try {
            TarStream stream = open(bytes);
            while (const auto member = stream.next({})) {
            }
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }
    std::string content(TarStream& stream, const TarStreamMember& member, std::size_t step) {
        std::string all;
        for (std::uint64_t at = 0; at < member.size; at += step) {
            std::vector<std::byte> part(std::min<std::uint64_t>(step, member.size - at));
            stream.read(at, part);
            all += as_text(part);
        }
        return all;
    }
    // Runs at 0 (3 bytes), 1000 (600), 5000 (1); 6000 bytes.
    static std::string sparse_content() {
        std::string text(6000, '\0');
        text.replace(0, 3, "abc");
        text.replace(1000, 600, std::string(600, 'y'));
        text[5000] = 'z';
        return text;
    }
    static std::string stored() { return padded("abc" + std::string(600, 'y') + "z"); }

    TempDir directory_{temp_root()};
};

// A packed archive's first directory could be as long as it likes.
TEST_F(TarHeaders, ADirectoryWithASizeIsNotReadOverToFindTheDisk) {
    const auto recognized = [&](std::uint64_t size) {
        write_text(directory_.path() / "x", block("./", octal(size), '5') +
                                                padded(std::string(size, 'x')) +
                                                block("disk.raw", octal(0), '0'));
        return find_format("gcp")->recognizes(InputFile::open(directory_.path() / "x"));
    };
    EXPECT_TRUE(recognized(0));
    EXPECT_FALSE(recognized(1));
}

TEST_F(TarHeaders, OldGnuSparseFilesAreReadByTheirMap) {
    const auto runs = [&](std::string& bytes) {
        bytes.replace(386, 96,
                      octal(0) + '\0' + octal(3) + '\0' + octal(1000) + '\0' + octal(600) + '\0' +
                          octal(5000) + '\0' + octal(1) + '\0' + octal(6000) + '\0' + octal(0) +
                          '\0');
        bytes.replace(483, 11, octal(6000));
    };
    for (const std::size_t step : {1UL, 100UL, 999UL, 6000UL}) {
        TarStream stream = open(block("disk.raw", octal(604), 'S', runs) + stored() +
                                block("next", octal(0), '0'));
        const auto member = stream.next({});
        ASSERT_TRUE(member && member->is_file());
        EXPECT_EQ(member->size, 6000U);
        EXPECT_EQ(content(stream, *member, step), sparse_content());
        const auto next = stream.next({});
        ASSERT_TRUE(next);
        EXPECT_EQ(next->name, "next");
    }
}

TEST_F(TarHeaders, OldGnuMapsGoOnInMoreBlocks) {
    std::string more(512, '\0');
    for (std::size_t i = 0; i < 21; ++i) {
        more.replace(i * 24, 24, octal(100 + i * 10) + '\0' + octal(1) + '\0');
    }
    const auto header = [&](std::string& bytes) {
        for (std::size_t i = 0; i < 4; ++i) {
            bytes.replace(386 + i * 24, 24, octal(i * 10) + '\0' + octal(1) + '\0');
        }
        bytes[482] = 1;
        bytes.replace(483, 11, octal(1000));
    };
    TarStream stream =
        open(block("disk.raw", octal(25), 'S', header) + more + padded(std::string(25, 'q')));
    const auto member = stream.next({});
    ASSERT_TRUE(member);
    EXPECT_EQ(member->runs->size(), 25U);
    std::string expected(1000, '\0');
    for (std::size_t i = 0; i < 4; ++i) expected[i * 10] = 'q';
    for (std::size_t i = 0; i < 21; ++i) expected[100 + i * 10] = 'q';
    EXPECT_EQ(content(stream, *member, 64), expected);

    EXPECT_THAT(refusal(block("disk.raw", octal(25), 'S', header) + more.substr(0, 300)),
                HasSubstr("cut off"));
    std::string endless = more;
    endless[504] = 1;
    EXPECT_THAT(refusal(block("disk.raw", octal(25), 'S', header) + endless + endless),
                HasSubstr("not in order"));
}

TEST_F(TarHeaders, PaxSparseFilesAreReadByTheirMap) {
    const std::string map = padded("3\n0\n3\n1000\n600\n5000\n1\n");
    const std::string archive = pax({{"GNU.sparse.major", "1"},
                                     {"GNU.sparse.minor", "0"},
                                     {"GNU.sparse.name", "disk.raw"},
                                     {"GNU.sparse.realsize", "6000"}}) +
                                block("GNUSparseFile.1/disk.raw", octal(512 + 604), '0') + map +
                                stored() + block("next", octal(0), '0');
    TarStream stream = open(archive);
    const auto member = stream.next({});
    ASSERT_TRUE(member);
    EXPECT_EQ(member->name, "disk.raw");
    EXPECT_EQ(content(stream, *member, 777), sparse_content());
    EXPECT_EQ(stream.next({}).value().name, "next");
}

TEST_F(TarHeaders, RefusesHostileOnes) {
    const auto sparse = [&](std::uint64_t size,
                            std::vector<std::pair<std::uint64_t, std::uint64_t>> runs) {
        return block("disk.raw", octal(512), 'S', [=](std::string& bytes) {
            for (std::size_t i = 0; i < runs.size(); ++i) {
                bytes.replace(386 + i * 24, 24,
                              octal(runs[i].first) + '\0' + octal(runs[i].second) + '\0');
            }
            bytes.replace(483, 11, octal(size));
        });
    };
    const std::string base256 = std::string("\x80", 1) + std::string(3, '\0');
    const auto pax_sparse = [&](std::string map, std::string realsize = "6000") {
        return pax({{"GNU.sparse.major", "1"}, {"GNU.sparse.realsize", std::move(realsize)}}) +
               block("x", octal(512), '0') + padded(std::move(map));
    };
    std::string many_empty;
    for (unsigned i = 0; i < 200; ++i) many_empty += "0\n0\n";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {block("x", octal(0), '0') + std::string(100, 'x'), "cut off"},
        {std::string(512, 'x'), "no tar header"},
        {block("x", base256 + std::string(8, '\x7f'), '0'), "no tar header"},
        {block("x", base256 + std::string(8, '\x3f'), '0'), "cut off"},
        {block("x", "-0000000001", '0'), "no tar header"},
        {block("x", octal(1 << 21), 'L'), "larger than 1 MiB"},
        {block("x", octal(1 << 21), 'x'), "larger than 1 MiB"},
        {block("x", octal(100), 'x') + "9 a=b\n", "cut off"},
        {block("x", octal(6), 'x') + padded("9 a=b\n"), "not valid"},
        {block("x", octal(6), 'x') + padded("6 a=bc"), "not valid"},
        {block("x", octal(6), 'x') + padded("6 abc\n"), "not valid"},
        {block("x", octal(6), 'x') + padded("0 a=b\n"), "not valid"},
        {block("x", octal(22), 'x') + padded("99999999999999999999=\n"), "not valid"},
        {pax({{"size", "99999999999999999999"}}), "number"},
        {pax({{"size", "-1"}}), "number"},
        {pax({{"size", "4611686018427387904"}}) + block("x", octal(0), '0'), "cut off"},
        {pax({{"GNU.sparse.major", "1"}}) + block("x", octal(0), '0'), "no size"},
        {pax({{"GNU.sparse.map", "0,1"}}) + block("x", octal(0), '0'), "old kind"},
        {pax_sparse("1000\n" + many_empty), "longer than the file"},
        {pax_sparse("1\n0\n"), "not valid"},
        {pax_sparse("x\n"), "not valid"},
        {pax_sparse(std::string(30, '1') + "\n"), "not valid"},
        {pax_sparse("2\n5\n1\n0\n1\n"), "not in order"},
        {pax_sparse("1\n6000\n1\n"), "not in order"},
        {pax_sparse("1\n18446744073709551615\n2\n"), "not in order"},
        {pax_sparse("1\n0\n6000\n"), "does not fit"},
        {pax_sparse("1000000000000\n0\n0\n"), "not valid"},
        {sparse(6000, {{0, 512}, {511, 1}}), "not in order"},
        {sparse(6000, {{0, 511}}), "does not fit"},
        {sparse(6000, {{5999, 512}}), "not in order"},
        {sparse(100, {{0, 512}}), "not in order"},
    };
    for (const auto& [bytes, reason] : cases) {
        EXPECT_THAT(refusal(bytes), HasSubstr(reason)) << bytes.substr(0, 20);
    }
    std::string many;
    for (unsigned i = 0; i < 100; ++i) many += pax({{"a", "b"}});
    EXPECT_THAT(refusal(many), HasSubstr("too many"));
}

}  // namespace
}  // namespace kiln::formats
