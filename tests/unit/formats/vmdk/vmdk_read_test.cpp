// VMDKs of all kinds read: sparse extents of three sorts, descriptors with their extent files,
// snapshots over their parents; and what must not be opened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/bytes/bytes.h"
#include "formats/bytes/zero.h"
#include "vmdk_fixture.h"

namespace kiln::formats {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
namespace fs = std::filesystem;

using Bytes = std::vector<std::byte>;

/// Holes, data and zeros of every extent, without gaps, and what `read` says of each.
void expect_map_agrees(const Source& source, const Bytes& disk) {
    std::uint64_t offset = 0;
    while (offset < source.virtual_size()) {
        const Extent extent = source.next_extent(offset, source.virtual_size() - offset);
        ASSERT_EQ(extent.offset, offset);
        ASSERT_GT(extent.length, 0U);
        ASSERT_LE(extent.end(), source.virtual_size());
        if (extent.kind != Extent::Kind::Data) {
            EXPECT_TRUE(is_zero(std::span(disk).subspan(offset, extent.length)));
        }
        offset = extent.end();
    }
}

TEST_F(VmdkRead, EverySparseKindGivesTheDiskBack) {
    for (const std::size_t size : {512UL, 65536UL, 3'000'320UL, 40'000'000UL / 512 * 512}) {
        const Bytes bytes = mixed_disk(size, static_cast<unsigned>(size));
        for (const bool backwards : {false, true}) {
            builder_.backwards = backwards;
            std::vector<std::pair<std::string, Bytes>> files = {
                {"64 KiB", builder_.hosted(bytes, {})},
                {"4 KiB", builder_.hosted(bytes, {1, 8, 512})},
                {"2 MiB", builder_.hosted(bytes, {1, 4096, 64})},
                {"entries 1", builder_.hosted(bytes, {1, 128, 1})},
                {"entries 4096", builder_.hosted(bytes, {3, 128, 4096})},
                {"redundant", builder_.hosted(bytes, {1, 128, 512, false, true})},
                {"compressed", builder_.hosted(bytes, {3, 128, 512, false, false, true})},
                {"COWD", builder_.vmfs_sparse(bytes)},
                {"COWD 8", builder_.vmfs_sparse(bytes, 8)},
                {"seSparse", builder_.se_sparse(bytes)},
            };
            for (const auto& [name, file] : files) {
                put("x.vmdk", file);
                const auto source = open("x.vmdk", {});
                ASSERT_EQ(source->virtual_size(), bytes.size()) << name;
                EXPECT_TRUE(read_disk(*source) == bytes) << name << " " << size;
                expect_map_agrees(*source, bytes);
                EXPECT_THAT(problems("x.vmdk"), IsEmpty()) << name << " " << size;
            }
        }
    }
}

TEST_F(VmdkRead, PartsOfGrainsAreReadFromAnywhere) {
    const Bytes bytes = mixed_disk(5'000'192, 11);
    for (const Bytes& file :
         {builder_.hosted(bytes, {}), builder_.hosted(bytes, {3, 128, 512, false, false, true}),
          builder_.vmfs_sparse(bytes), builder_.se_sparse(bytes)}) {
        put("x.vmdk", file);
        const auto source = open("x.vmdk");
        for (std::uint64_t offset = 0; offset + 70'000 < bytes.size(); offset += 61'441) {
            for (const std::size_t length : {1UL, 511UL, 70'000UL}) {
                Bytes part(length);
                source->read(offset, part);
                ASSERT_TRUE(std::ranges::equal(part, std::span(bytes).subspan(offset, length)))
                    << offset << " " << length;
            }
        }
    }
}

TEST_F(VmdkRead, NeighboursAreOneExtent) {
    const Bytes bytes(80'000'000 / 512 * 512, std::byte{7});
    for (const Bytes& file : {builder_.hosted(bytes, {}), builder_.vmfs_sparse(bytes)}) {
        put("x.vmdk", file);
        const auto source = open("x.vmdk");
        EXPECT_EQ(source->next_extent(0, bytes.size()),
                  (Extent{0, bytes.size(), Extent::Kind::Data}));
        // No further than the caller cares for, but for the grain it is in.
        EXPECT_LE(source->next_extent(0, 1 << 20).length, 1U << 20);
    }
}

TEST_F(VmdkRead, ZeroedGrainsAreZerosAndNotHoles) {
    const Bytes bytes(65536 * 3, std::byte{9});
    builder_.kind_of = [](std::uint64_t grain) {
        return std::array{Extent::Kind::Zero, Extent::Kind::Data, Extent::Kind::Hole}[grain % 3];
    };
    put("x.vmdk", builder_.hosted(bytes, {2, 128, 512, true}));
    const auto source = open("x.vmdk");
    EXPECT_EQ(source->next_extent(0, 65536).kind, Extent::Kind::Zero);
    EXPECT_EQ(source->next_extent(65536, 65536).kind, Extent::Kind::Data);
    EXPECT_EQ(source->next_extent(131072, 65536).kind, Extent::Kind::Hole);
    EXPECT_EQ(source->info().writer_options.at("zeroed_grain"), "on");

    put("x.vmdk", builder_.se_sparse(std::span(bytes).first(4096 * 6)));
    const auto se_sparse = open("x.vmdk");
    EXPECT_EQ(se_sparse->next_extent(0, 4096).kind, Extent::Kind::Zero);
    EXPECT_EQ(se_sparse->next_extent(4096 * 3, 4096).kind, Extent::Kind::Zero);
    EXPECT_EQ(se_sparse->next_extent(4096 * 5, 4096).kind, Extent::Kind::Hole);
}

TEST_F(VmdkRead, ADescriptorPutsExtentsOfEveryTypeTogether) {
    const Bytes a = mixed_disk(65536 * 5, 1);
    const Bytes b = mixed_disk(65536 * 7, 2);
    const Bytes c = mixed_disk(65536 * 3, 3);
    const Bytes d = mixed_disk(65536 * 2, 4);
    Bytes flat(1024);
    flat.insert(flat.end(), a.begin(), a.end());
    flat.resize(flat.size() + 512);
    put("disk-f001.vmdk", flat);
    put("disk-s002.vmdk", builder_.hosted(b, {}));
    put("disk delta.vmdk", builder_.vmfs_sparse(c));
    put("disk-sesparse.vmdk", builder_.se_sparse(d));
    put("disk-flat.vmdk", a);
    describe({fmt::format("RW {} FLAT \"disk-f001.vmdk\" 2", a.size() / 512),
              fmt::format("RDONLY {} SPARSE \"disk-s002.vmdk\"", b.size() / 512), "RW 33 ZERO",
              fmt::format("RW {} VMFSSPARSE \"disk delta.vmdk\"", c.size() / 512),
              fmt::format("RW {} SESPARSE \"disk-sesparse.vmdk\"", d.size() / 512),
              "RW 3 VMFS \"disk-flat.vmdk\"", "NOACCESS 5 ZERO"});
    Bytes whole;
    for (const Bytes* part : {&a, &b}) whole.insert(whole.end(), part->begin(), part->end());
    whole.resize(whole.size() + 33 * 512UL);
    for (const Bytes* part : {&c, &d}) whole.insert(whole.end(), part->begin(), part->end());
    whole.insert(whole.end(), a.begin(), a.begin() + 3 * 512);
    whole.resize(whole.size() + 5 * 512UL);

    const auto source = open("disk.vmdk");
    EXPECT_TRUE(read_disk(*source) == whole);
    expect_map_agrees(*source, whole);
    EXPECT_THAT(problems("disk.vmdk"), IsEmpty());
    EXPECT_THAT(source->info().details,
                AllOf(Contains(Pair("create type", "custom")), Contains(Pair("extents", "7")),
                      Contains(Pair("extent 3", "RW 33 ZERO"))));
    // One read over all the seams.
    Bytes all(whole.size() - 700);
    source->read(300, all);
    EXPECT_TRUE(std::ranges::equal(all, std::span(whole).subspan(300, all.size())));
}

TEST_F(VmdkRead, MoreExtentsThanStayOpenAreRead) {
    Bytes whole;
    std::vector<std::string> lines;
    for (unsigned i = 0; i < 40; ++i) {
        const Bytes part = mixed_disk(65536, i);
        put(fmt::format("s{}", i), builder_.hosted(part, {1, 8, 512}));
        lines.push_back(fmt::format("RW 128 SPARSE \"s{}\"", i));
        whole.insert(whole.end(), part.begin(), part.end());
    }
    describe(lines, "twoGbMaxExtentSparse");
    EXPECT_TRUE(disk("disk.vmdk") == whole);
    EXPECT_THAT(problems("disk.vmdk"), IsEmpty());
    OutputSpec spec{path("copy.raw"), find_format("raw"), {}};
    write_image(*open("disk.vmdk"), spec, 4);
    EXPECT_EQ(read_text(path("copy.raw")),
              std::string(reinterpret_cast<const char*>(whole.data()), whole.size()));
}

TEST_F(VmdkRead, ExtentFilesAreReferencesThatMustBeAllowed) {
    put("disk-flat.vmdk", Bytes(4096));
    describe({"RW 8 FLAT \"disk-flat.vmdk\" 0"}, "monolithicFlat");
    EXPECT_THAT(refusal("disk.vmdk", {}),
                AllOf(HasSubstr("disk-flat.vmdk"), HasSubstr("--allow-backing")));
    EXPECT_EQ(refusal("disk.vmdk"), "opened");
}

TEST_F(VmdkRead, InfoShowsADescriptorsFactsWithoutItsFiles) {
    describe({"RW 8 FLAT \"not-there-flat.vmdk\" 0", "RW 100 SPARSE \"/etc/passwd\""},
             "monolithicFlat");
    OpenOptions options;
    options.format = &kVmdkFormat;
    const ImageInfo info = inspect_image(path("disk.vmdk"), options);
    EXPECT_EQ(info.source.virtual_size, 108U * 512);
    EXPECT_EQ(info.hole_bytes, 108U * 512);
    EXPECT_THAT(info.source.details, AllOf(Contains(Pair("create type", "monolithicFlat")),
                                           Contains(Pair("content ID", "12345678")),
                                           Contains(Pair("adapter type", "lsilogic"))));
    EXPECT_THAT(info.source.features, Contains("extent files not opened"));
    EXPECT_EQ(info.source.writer_options.at("subformat"), "monolithicFlat");

    const CheckReport report = check("disk.vmdk", {});
    EXPECT_TRUE(report.clean());
    EXPECT_THAT(report.notes, Contains(HasSubstr("2 extent files")));
}

TEST_F(VmdkRead, ExtentsLieBesideTheirDescriptor) {
    fs::create_directories(path("inner"));
    fs::create_directories(path("inner/below"));
    put("secret", Bytes(4096, std::byte{1}));
    put("inner/below/file", Bytes(4096, std::byte{2}));
    put("inner/good", Bytes(4096, std::byte{3}));
    fs::create_symlink(path("secret"), path("inner/link"));
    fs::create_symlink("../secret", path("inner/relative-link"));
    fs::create_symlink("/etc", path("inner/directory-link"));
    fs::create_symlink("good", path("inner/good-link"));
    fs::create_symlink("loop-b", path("inner/loop-a"));
    fs::create_symlink("loop-a", path("inner/loop-b"));
    const auto refused = [&](std::string_view name, const OpenOptions& options = allowed()) {
        put_text("inner/d.vmdk",
                 builder_.descriptor("custom", {fmt::format("RW 1 FLAT \"{}\" 0", name)}));
        return refusal("inner/d.vmdk", options);
    };
    for (const char* name : {"../secret",
                             "..",
                             ".",
                             "",
                             "/etc/passwd",
                             "below/file",
                             "./good",
                             "below/../good",
                             "directory-link/passwd",
                             "//etc/passwd",
                             "link",
                             "relative-link",
                             "loop-a",
                             "missing",
                             "below",
                             "directory-link",
                             "json:{}",
                             "nbd://host/x",
                             "C:\\disk.vmdk",
                             "\x01"}) {
        EXPECT_NE(refused(name), "opened") << name;
    }
    EXPECT_EQ(refused("good"), "opened");
    EXPECT_EQ(refused("good-link"), "opened");
    EXPECT_THAT(refused("../secret"), HasSubstr("--backing-dir"));

    OpenOptions wider = allowed();
    wider.backing_directories = {directory_.path()};
    EXPECT_EQ(refused("../secret", wider), "opened");
    EXPECT_EQ(refused("below/file", wider), "opened");
    EXPECT_EQ(refused("link", wider), "opened");
    EXPECT_NE(refused("/etc/passwd", wider), "opened");
    EXPECT_NE(refused("directory-link/passwd", wider), "opened");
}

TEST_F(VmdkRead, HostileDescriptorsAreRefused) {
    put("x", Bytes(4096));
    put("hosted", builder_.hosted(Bytes(4096), {}));
    const auto refused = [&](const std::vector<std::string>& lines) {
        describe(lines);
        return refusal("disk.vmdk");
    };
    put_text("disk.vmdk", "# Disk DescriptorFile\nversion=1\ncreateType=\"vmfs\"\n");
    EXPECT_THAT(refusal("disk.vmdk"), HasSubstr("no extents"));
    EXPECT_THAT(refused({"RW 9 FLAT \"x\" 0"}), HasSubstr("too short"));
    EXPECT_THAT(refused({"RW 8 FLAT \"x\" 1"}), HasSubstr("too short"));
    EXPECT_THAT(refused({"RW 8 FLAT \"x\" 18014398509481985"}), HasSubstr("offset"));
    EXPECT_THAT(refused({"RW 8 FLAT \"x\" 18446744073709551616"}), HasSubstr("number of sectors"));
    EXPECT_THAT(refused({"RW 18446744073709551615 ZERO"}), HasSubstr("larger than any"));
    EXPECT_THAT(refused({"RW 18014398509481984 ZERO", "RW 1 ZERO"}), HasSubstr("extent 2"));
    EXPECT_THAT(refused({"RW -1 ZERO"}), HasSubstr("number of sectors"));
    EXPECT_THAT(refused({"RW 8x FLAT \"x\" 0"}), HasSubstr("number of sectors"));
    EXPECT_THAT(refused({"RW 8 FLAT x 0"}), HasSubstr("in quotes"));
    EXPECT_THAT(refused({"RW 8 FLAT \"x"}), HasSubstr("in quotes"));
    EXPECT_THAT(refused({"RW 8"}), HasSubstr("type"));
    EXPECT_THAT(refused({"RW 8 COBBLED \"x\""}), HasSubstr("type"));
    EXPECT_THAT(refused({"RW 8 VMFSRDM \"x\""}), HasSubstr("device"));
    EXPECT_THAT(refused({"NOACCESS 8 FLAT \"x\" 0"}), HasSubstr("NOACCESS"));
    EXPECT_THAT(refused({"RW 1 FLAT \"disk.vmdk\" 0"}), HasSubstr("itself"));
    EXPECT_THAT(refused({"RW 1 SPARSE \"disk.vmdk\""}), HasSubstr("itself"));
    EXPECT_THAT(refused({"RW 1 SPARSE \"x\""}), HasSubstr("magic"));
    EXPECT_THAT(refused({"RW 1 VMFSSPARSE \"x\""}), HasSubstr("magic"));
    EXPECT_THAT(refused({"RW 1 SESPARSE \"x\""}), HasSubstr("magic"));
    EXPECT_THAT(refused({"RW 9 SPARSE \"hosted\""}), HasSubstr("smaller"));
    EXPECT_THAT(refused(std::vector<std::string>(4097, "RW 1 ZERO")), HasSubstr("4097 extents"));
    EXPECT_THAT(refused(std::vector<std::string>(9000, "RW 1 ZERO")), HasSubstr("too many"));
    EXPECT_THAT(refused({"RW 1 ZERO" + std::string(5000, ' ')}), HasSubstr("too long"));
    EXPECT_THAT(refused({std::string((1 << 20) + 1, '#')}), HasSubstr("too large"));
    EXPECT_EQ(refused(std::vector<std::string>(4096, "RW 1 ZERO")), "opened");
    // A descriptor as the sparse extent of another: never followed.
    describe({"RW 1 ZERO"});
    fs::rename(path("disk.vmdk"), path("other.vmdk"));
    EXPECT_THAT(refused({"RW 1 SPARSE \"other.vmdk\""}), HasSubstr("other.vmdk"));
}

TEST_F(VmdkRead, AnEmbeddedDescriptorsOwnNameIsNoReference) {
    const Bytes bytes = mixed_disk(1'000'448, 5);
    for (const char* name : {"disk.vmdk", "../../etc/passwd"}) {
        VmdkBuilder::Hosted options;
        options.descriptor = builder_.descriptor(
            "monolithicSparse", {fmt::format("RW {} SPARSE \"{}\"", bytes.size() / 512, name)});
        put("disk.vmdk", builder_.hosted(bytes, options));
        EXPECT_TRUE(disk("disk.vmdk", {}) == bytes);
    }
    // A header without capacity before a descriptor with extents would read as an empty disk.
    Bytes file = builder_.hosted(
        {}, {.descriptor = builder_.descriptor("custom", {"RW 8 FLAT \"disk-flat.vmdk\" 0"})});
    put("disk.vmdk", file);
    EXPECT_THAT(refusal("disk.vmdk"), HasSubstr("no data of its own"));
}

class VmdkChain : public VmdkRead {
  protected:
    /// base.vmdk below top.vmdk. Every third grain of the top is data, every third zeros, and every
    /// third shows the base.
    void make_chain(const std::string& extent_type) {
        builder_.cid = 0xaaaa0001;
        put("base-flat.vmdk", base_);
        put_text("base.vmdk",
                 builder_.descriptor(
                     "vmfs", {fmt::format("RW {} VMFS \"base-flat.vmdk\"", base_.size() / 512)}));
        VmdkBuilder top;
        top.cid = 0xbbbb0002;
        top.parent_cid = 0xaaaa0001;
        top.parent_hint = "base.vmdk";
        const bool zeros = extent_type != "VMFSSPARSE";
        top.kind_of = [zeros](std::uint64_t grain) {
            if (grain % 3 == 1 && zeros) return Extent::Kind::Zero;
            return grain % 3 == 0 ? Extent::Kind::Data : Extent::Kind::Hole;
        };
        std::uint64_t grain_bytes = 65536;
        Bytes file;
        if (extent_type == "SPARSE") file = top.hosted(top_, {2, 128, 512, true});
        if (extent_type == "VMFSSPARSE") {
            file = top.vmfs_sparse(top_);
            grain_bytes = 512;
        }
        if (extent_type == "SESPARSE") {
            file = top.se_sparse(top_);
            grain_bytes = 4096;
        }
        put("top-delta.vmdk", file);
        put_text("top.vmdk", top.descriptor("x", {fmt::format("RW {} {} \"top-delta.vmdk\"",
                                                              top_.size() / 512, extent_type)}));
        expected_ = Bytes(top_.size());
        for (std::uint64_t at = 0; at < top_.size(); at += 512) {
            const Extent::Kind kind = top.kind_of(at / grain_bytes);
            const Bytes& from = kind == Extent::Kind::Data ? top_ : base_;
            if (kind == Extent::Kind::Zero || at >= from.size()) continue;
            std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(at), 512,
                        expected_.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }

    Bytes base_ = mixed_disk(900'096, 21);
    Bytes top_ = mixed_disk(1'200'128, 22);
    Bytes expected_;
};

TEST_F(VmdkChain, SnapshotsAreReadOverTheirParents) {
    for (const char* type : {"SPARSE", "VMFSSPARSE", "SESPARSE"}) {
        make_chain(type);
        const auto source = open("top.vmdk");
        EXPECT_TRUE(read_disk(*source) == expected_) << type;
        expect_map_agrees(*source, expected_);
        EXPECT_EQ(source->info().backing_name, "base.vmdk");
        const CheckReport report = check("top.vmdk");
        EXPECT_TRUE(report.clean()) << fmt::format("{}", fmt::join(report.problems, "\n"));
        EXPECT_THAT(report.notes, Contains(HasSubstr("parent")));
    }
}

TEST_F(VmdkChain, AnEmbeddedDescriptorNamesAParentToo) {
    make_chain("SPARSE");
    VmdkBuilder top;
    top.parent_cid = 0xaaaa0001;
    top.parent_hint = "base.vmdk";
    top.kind_of = [](std::uint64_t) { return Extent::Kind::Hole; };
    const std::string text = top.descriptor(
        "monolithicSparse", {fmt::format("RW {} SPARSE \"top.vmdk\"", base_.size() / 512)});
    put("top.vmdk", top.hosted(base_, {.descriptor = text}));
    EXPECT_TRUE(disk("top.vmdk") == base_);
    EXPECT_THAT(refusal("top.vmdk", {}), HasSubstr("--allow-backing"));
    OpenOptions ignore;
    ignore.ignore_backing = true;
    EXPECT_EQ(open("top.vmdk", ignore)->next_extent(0, base_.size()).kind, Extent::Kind::Hole);
}

// Nothing of it could show: it is neither needed nor told of.
TEST_F(VmdkChain, ADiskWithoutSparsePartsHasNoParent) {
    builder_.parent_cid = 7;
    builder_.parent_hint = "nowhere.vmdk";
    describe({"RW 128 ZERO"});
    EXPECT_EQ(open("disk.vmdk", {})->info().backing_name, "");
    put("empty.vmdk",
        builder_.hosted({}, {.descriptor = builder_.descriptor("monolithicSparse",
                                                               {"RW 0 SPARSE \"empty.vmdk\""})}));
    EXPECT_EQ(open("empty.vmdk", {})->info().backing_name, "");
}

TEST_F(VmdkChain, AParentMustBeTheOneThatIsRemembered) {
    make_chain("SPARSE");
    builder_.cid = 0xaaaa0009;
    put_text("base.vmdk", builder_.descriptor("vmfs", {fmt::format("RW {} VMFS \"base-flat.vmdk\"",
                                                                   base_.size() / 512)}));
    EXPECT_THAT(refusal("top.vmdk"), AllOf(HasSubstr("aaaa0001"), HasSubstr("aaaa0009")));
    fs::remove(path("base.vmdk"));
    EXPECT_THAT(refusal("top.vmdk"), HasSubstr("base.vmdk"));
}

TEST_F(VmdkChain, LoopsEnd) {
    builder_.cid = 7;
    builder_.parent_cid = 7;
    builder_.parent_hint = "disk.vmdk";
    put("s.vmdk", builder_.hosted(Bytes(65536), {}));
    describe({"RW 128 SPARSE \"s.vmdk\""});
    EXPECT_THAT(refusal("disk.vmdk"), HasSubstr("more than 32"));
    builder_.parent_hint = "";
    describe({"RW 128 SPARSE \"s.vmdk\""});
    EXPECT_THAT(refusal("disk.vmdk"), HasSubstr("does not say which"));
}

TEST_F(VmdkRead, EveryKindIsRecognized) {
    const Bytes bytes = mixed_disk(65536, 3);
    put("hosted", builder_.hosted(bytes, {}));
    put("cowd", builder_.vmfs_sparse(bytes));
    put("se", builder_.se_sparse(bytes));
    put_text("descriptor", builder_.descriptor("vmfs", {"RW 1 ZERO"}));
    put_text("older", "# disk descriptorfile\r\nversion=1\r\n");
    put_text("other", "# Disk descriptions\n");
    put_text("short", "# D");
    for (const char* name : {"hosted", "cowd", "se", "descriptor", "older"}) {
        EXPECT_TRUE(kVmdkFormat.recognizes(InputFile::open(path(name)))) << name;
    }
    for (const char* name : {"other", "short"}) {
        EXPECT_FALSE(kVmdkFormat.recognizes(InputFile::open(path(name)))) << name;
    }
}

}  // namespace
}  // namespace kiln::formats
