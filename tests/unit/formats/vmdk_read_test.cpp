// VMDKs of all kinds read: sparse extents of three sorts, descriptors with their extent files,
// snapshots over their parents; and what must not be opened.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/bytes.h"
#include "formats/inspect.h"
#include "formats/reference.h"
#include "formats/vmdk/vmdk_check.h"
#include "formats/vmdk/vmdk_format.h"
#include "formats/vmdk/vmdk_source.h"
#include "image_builder.h"
#include "vmdk_builder.h"

namespace kiln::formats {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
namespace fs = std::filesystem;

using Bytes = std::vector<std::byte>;

class VmdkRead : public testing::Test {
  protected:
    fs::path path(std::string_view name) const { return directory_.path() / name; }

    void put(std::string_view name, std::span<const std::byte> bytes) const {
        write_text(path(name), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    void put_text(std::string_view name, std::string_view text) const {
        write_text(path(name), text);
    }
    /// A descriptor with these extent lines, as `disk.vmdk`.
    void describe(const std::vector<std::string>& lines, std::string_view type = "custom") const {
        put_text("disk.vmdk", builder_.descriptor(type, lines));
    }

    std::unique_ptr<Source> open(std::string_view name, OpenOptions options = allowed()) const {
        options.format = &kVmdkFormat;
        return open_source(path(name), options);
    }
    Bytes disk(std::string_view name, const OpenOptions& options = allowed()) const {
        return read_disk(*open(name, options));
    }
    std::string refusal(std::string_view name, const OpenOptions& options = allowed()) const {
        try {
            open(name, options);
            return "opened";
        } catch (const Error& error) {
            return error.to_string();
        }
    }
    CheckReport check(std::string_view name, OpenOptions options = allowed()) const {
        options.ignore_backing = true;
        CheckReport report;
        check_vmdk(InputFile::open(path(name)), report, {}, options);
        return report;
    }
    std::string problems(std::string_view name, const OpenOptions& options = allowed()) const {
        return fmt::format("{}", fmt::join(check(name, options).problems, "\n"));
    }

    static OpenOptions allowed() {
        OpenOptions options;
        options.allow_backing = true;
        return options;
    }

    TempDir directory_{temp_root()};
    VmdkBuilder builder_;
};

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

struct Damage {
    const char* name;
    const char* kind;  // hosted, cowd, se
    std::function<void(Bytes&)> change;
    const char* words;
};

std::function<void(Bytes&)> le32(std::size_t position, std::uint32_t value) {
    return [=](Bytes& bytes) { store_le(bytes, position, value); };
}
std::function<void(Bytes&)> le64(std::size_t position, std::uint64_t value) {
    return [=](Bytes& bytes) { store_le(bytes, position, value); };
}
std::function<void(Bytes&)> cut(std::size_t size) {
    return [=](Bytes& bytes) { bytes.resize(std::min(size, bytes.size())); };
}
std::function<void(Bytes&)> cut_end(std::size_t size) {
    return [=](Bytes& bytes) { bytes.resize(bytes.size() - size); };
}
// Hosted: the primary table and the redundant one; of 3 MB, one table each.
std::uint64_t table_of(const Bytes& bytes, std::size_t field) {
    const auto directory = load_le<std::uint64_t>(bytes, field) * 512;
    return load_le<std::uint32_t>(bytes, directory) * 512ULL;
}
std::function<void(Bytes&)> hosted_entry(std::size_t entry, std::uint32_t value) {
    return [=](Bytes& bytes) {
        store_le(bytes, table_of(bytes, 56) + entry * 4, value);
        store_le(bytes, table_of(bytes, 48) + entry * 4, value);
    };
}
std::function<void(Bytes&)> hosted_directory(std::uint32_t value) {
    return [=](Bytes& bytes) { store_le(bytes, load_le<std::uint64_t>(bytes, 56) * 512, value); };
}
std::function<void(Bytes&)> se_entry(std::uint64_t value) {
    return
        [=](Bytes& bytes) { store_le(bytes, load_le<std::uint64_t>(bytes, 18 * 8) * 512, value); };
}

const std::vector<Damage>& damages() {
    static const std::vector<Damage> all = {
        {"HostedEmpty", "hosted", cut(0), "magic"},
        {"HostedCutInHeader", "hosted", cut(300), "beyond the end"},
        {"HostedCutBeforeDescriptor", "hosted", cut(512), "beyond the end"},
        {"HostedCutInDirectory", "hosted", cut(21 * 512 + 100), "directory lies outside"},
        {"HostedCutInTables", "hosted", cut(24 * 512), "directory lies outside"},
        {"HostedCutInGrains", "hosted", cut_end(70000), "lies outside of the file"},
        {"HostedCutInLastGrain", "hosted", cut_end(60000), "lies outside of the file"},
        {"HostedVersion0", "hosted", le32(4, 0), "version 0"},
        {"HostedVersionAll", "hosted", le32(4, ~0U), "version 4294967295"},
        {"HostedFlags", "hosted", le32(8, 1U << 31), "unknown flags"},
        {"HostedMarkersAlone", "hosted", le32(8, 0x20003), "markers without"},
        {"HostedCompressed", "hosted", le32(8, 0x10003), "compression method 0"},
        {"HostedCapacityAll", "hosted", le64(12, ~0ULL), "capacity"},
        {"HostedCapacity2to54", "hosted", le64(12, 1ULL << 54), "capacity"},
        {"HostedCapacityGrown", "hosted", le64(12, 1ULL << 36), "directory lies outside"},
        {"HostedCapacityOneMore", "hosted", le64(12, 3'000'320 / 512 + 1), "sectors"},
        {"HostedGrain0", "hosted", le64(20, 0), "grain size of 0"},
        {"HostedGrain4", "hosted", le64(20, 4), "grain size of 4"},
        {"HostedGrain8192", "hosted", le64(20, 8192), "grain size of 8192"},
        {"HostedGrainAll", "hosted", le64(20, ~0ULL), "grain size"},
        {"HostedDescriptorOutside", "hosted", le64(28, ~0ULL), "descriptor"},
        {"HostedDescriptorHuge", "hosted", le64(36, 129), "descriptor"},
        {"HostedEntries0", "hosted", le32(44, 0), "0 entries"},
        {"HostedEntries4097", "hosted", le32(44, 4097), "4097 entries"},
        {"HostedDirectoryOutside", "hosted", le64(56, 1ULL << 40), "directory lies outside"},
        {"HostedDirectoryOverflow", "hosted", le64(56, ~0ULL - 1), "directory lies outside"},
        {"HostedDirectoryAtEnd", "hosted", le64(56, ~0ULL), "magic"},
        {"HostedRedundantOutside", "hosted", le64(48, ~0ULL >> 9), "redundant grain directory"},
        {"HostedRedundantIsPrimary", "hosted",
         [](Bytes& b) { store_le(b, 48, load_le<std::uint64_t>(b, 56)); }, "not two copies"},
        {"HostedOverheadHuge", "hosted", le64(64, ~0ULL), "behind the end of the file"},
        {"HostedOverheadMore", "hosted", le64(64, 256), "lies in the tables"},
        {"HostedTableOutside", "hosted", hosted_directory(~0U), "table 0 lies outside"},
        {"HostedTableAtEnd", "hosted",
         [](Bytes& b) { hosted_directory(static_cast<std::uint32_t>(b.size() / 512 - 1))(b); },
         "lies outside"},
        {"HostedTableMissing", "hosted", hosted_directory(0), "not two copies"},
        {"HostedGrainOutside", "hosted", hosted_entry(0, ~0U), "Grain 0 lies outside"},
        {"HostedGrainInHeader", "hosted", hosted_entry(0, 1), "lies in the tables"},
        {"HostedGrainInTables", "hosted", hosted_entry(0, 30), "lies in the tables"},
        {"HostedGrainTwice", "hosted",
         [](Bytes& b) { hosted_entry(5, load_le<std::uint32_t>(b, table_of(b, 56)))(b); },
         "where another one lies"},
        {"HostedCopiesDiffer", "hosted",
         [](Bytes& b) { store_le<std::uint32_t>(b, table_of(b, 48), 0); }, "copies of grain table"},
        {"HostedDescriptorLies", "hosted",
         [](Bytes& b) {
             const auto word = as_byte_span("SPARSE");
             std::memcpy(&*std::search(b.begin(), b.end(), word.begin(), word.end()), "CLOUDY", 6);
         },
         "In the descriptor"},

        {"CowdCut", "cowd", cut(100), "beyond the end"},
        {"CowdVersion", "cowd", le32(4, 2), "version 2"},
        {"CowdSectorsMore", "cowd", le32(12, ~0U), "directory has"},
        {"CowdGrain0", "cowd", le32(16, 0), "grain size of 0"},
        {"CowdGrain3", "cowd", le32(16, 3), "grain size of 3"},
        {"CowdGrainHuge", "cowd", le32(16, 1U << 31), "grain size"},
        {"CowdDirectoryOutside", "cowd", le32(20, ~0U), "directory lies outside"},
        {"CowdDirectoryEntries0", "cowd", le32(24, 0), "directory has 0"},
        {"CowdCutInGrains", "cowd", cut_end(600), "lies outside of the file"},
        {"CowdTableOutside", "cowd", le32(2048, ~0U), "table 0 lies outside"},
        {"CowdTableInTheEnd", "cowd",
         [](Bytes& b) { le32(2048, static_cast<std::uint32_t>(b.size() / 512 - 3))(b); },
         "lies outside"},
        {"CowdTablesTheSame", "cowd",
         [](Bytes& b) { store_le(b, 2052, load_le<std::uint32_t>(b, 2048)); }, "over each other"},
        {"CowdGrainInHeader", "cowd",
         [](Bytes& b) { le32(load_le<std::uint32_t>(b, 2048) * 512, 1)(b); },
         "in the file's header"},
        {"CowdGrainOutside", "cowd",
         [](Bytes& b) { le32(load_le<std::uint32_t>(b, 2048) * 512, ~0U)(b); }, "lies outside"},
        {"CowdGrainOverTable", "cowd",
         [](Bytes& b) {
             const auto table = load_le<std::uint32_t>(b, 2048);
             le32(table * 512, table + 1)(b);
         },
         "over grain table 0"},

        {"SeCut", "se", cut(100), "beyond the end"},
        {"SeVersion", "se", le64(8, 0x0000000200000002), "version 2.2"},
        {"SeCapacityAll", "se", le64(16, ~0ULL), "capacity"},
        {"SeCapacityMore", "se", le64(16, 1ULL << 36), "directory is too small"},
        {"SeGrain", "se", le64(24, 16), "grains of 16"},
        {"SeTable", "se", le64(32, 128), "tables of 128"},
        {"SeFlags", "se", le64(40, 1), "features"},
        {"SeReserved", "se", le64(72, 1), "features"},
        {"SeVolatileOutside", "se", le64(80, ~0ULL), "outside of the file"},
        {"SeVolatileMissing", "se", le64(512, 0), "second header"},
        {"SeJournal", "se", le64(512 + 24, 1), "journal"},
        {"SeDirectoryOutside", "se", le64(128, ~0ULL), "outside of the file"},
        {"SeDirectoryEmpty", "se", le64(136, 0), "directory is too small"},
        {"SeTablesOutside", "se", le64(144, 1ULL << 60), "outside of the file"},
        {"SeGrainsOutside", "se", le64(192, 1ULL << 60), "outside of the file"},
        {"SeDirectoryEntry", "se", le64(4096 * 512, 5), "no meaning"},
        {"SeDirectoryEntryHuge", "se", le64(4096 * 512, 0x10000000ffffffff), "lies outside"},
        {"SeEntryKind", "se", se_entry(0x4000000000000000), "has the entry"},
        {"SeEntryUnallocatedWithPlace", "se", se_entry(77), "has the entry"},
        {"SeEntryHuge", "se", se_entry(0x3fffffffffffffff), "has the entry"},
        {"SeEntryOutside", "se", se_entry(0x3000000000001000), "lies outside"},
        {"SeCutInGrains", "se", cut_end(4000), "lies outside of the file"},
    };
    return all;
}

class DamagedVmdk : public VmdkRead, public testing::WithParamInterface<Damage> {};

// Damage either hinders opening or is found by the check; reading never goes beyond a clear error.
TEST_P(DamagedVmdk, IsFoundAndNamed) {
    const Damage& damage = GetParam();
    // Dense at the beginning, so that the first entries are data.
    Bytes bytes = mixed_disk(3'000'320, 33);
    std::fill_n(bytes.begin(), 200'000, std::byte{0x5a});
    std::fill(bytes.end() - 70'000, bytes.end(), std::byte{0x5b});
    const std::string_view kind = damage.kind;
    Bytes file;
    if (kind == "hosted") {
        VmdkBuilder::Hosted options;
        options.redundant_tables = true;
        options.descriptor = builder_.descriptor(
            "monolithicSparse", {fmt::format("RW {} SPARSE \"x.vmdk\"", bytes.size() / 512)});
        file = builder_.hosted(bytes, options);
    }
    if (kind == "cowd") file = builder_.vmfs_sparse(bytes);
    if (kind == "se") file = builder_.se_sparse(bytes);
    put("x.vmdk", file);
    ASSERT_THAT(problems("x.vmdk"), IsEmpty());

    damage.change(file);
    put("x.vmdk", file);
    EXPECT_THAT(problems("x.vmdk"), HasSubstr(damage.words));
    try {
        const auto source = open("x.vmdk");
        Bytes part(1 << 16);
        for (std::uint64_t at = 0; at + part.size() <= source->virtual_size() && at < 4'000'000;
             at += part.size()) {
            source->next_extent(at, part.size());
            source->read(at, part);
        }
    } catch (const Error&) {  // a clear refusal
    }
}

INSTANTIATE_TEST_SUITE_P(All, DamagedVmdk, testing::ValuesIn(damages()),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(VmdkRead, DamageInTheFilesOfADescriptorIsFound) {
    const Bytes bytes = mixed_disk(1'000'448, 3);
    Bytes sparse = builder_.hosted(bytes, {});
    put("s.vmdk", sparse);
    put("f.vmdk", bytes);
    describe({fmt::format("RW {} SPARSE \"s.vmdk\"", bytes.size() / 512),
              fmt::format("RW {} FLAT \"f.vmdk\" 0", bytes.size() / 512)});
    EXPECT_THAT(problems("disk.vmdk"), IsEmpty());
    put("f.vmdk", std::span(bytes).first(bytes.size() - 512));
    EXPECT_THAT(problems("disk.vmdk"), HasSubstr("too short"));
    put("f.vmdk", bytes);
    put("s.vmdk", std::span(sparse).first(sparse.size() - 512));
    EXPECT_THAT(problems("disk.vmdk"), HasSubstr("lies outside"));
    fs::remove(path("s.vmdk"));
    EXPECT_THAT(problems("disk.vmdk"), HasSubstr("s.vmdk"));
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
