// Makes the inputs that no tool makes, or none that people have:
//     fuzz_seeds CORPUS DEFLATE_BOMB ZSTD_BOMB
// The bombs are compressed data (raw deflate, a zstd frame) that expand beyond any cluster of the
// images in CORPUS, into which they are put. All is made of what is in CORPUS already, or by hand.
#include <cstring>
#include <iostream>

#include <fmt/format.h>

#include "base/error.h"
#include "image_places.h"
#include "reference_files.h"
#include "tests/unit/formats/file_system/ext_image.h"
#include "tests/unit/formats/vhdx/vhdx_builder.h"
#include "tests/unit/formats/vmdk/vmdk_builder.h"
#include "tests/unit/formats/volume/disk_builder.h"
#include "xfs_places.h"

namespace kiln::fuzz {
namespace {

namespace fs = std::filesystem;
using formats::SparseDisk;
using formats::VhdxBuilder;
using Bytes = std::vector<std::byte>;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

struct Seeds {
    fs::path corpus;
    Bytes deflate_bomb;
    Bytes zstd_bomb;

    void make() const;

  private:
    SparseImage load(const std::string& name) const;
    void keep(const std::string& name, const SparseImage& image) const;
    void keep(const std::string& name, std::span<const std::byte> file) const;
    void keep(const std::string& name, const SparseDisk& disk) const;
    void qcow2_bomb(const std::string& from, const std::string& to, const Bytes& bomb) const;
    void vmdk_bomb() const;
    void vmdk_kinds() const;
    void vhd_loop() const;
    void vhdx_log() const;
    void vhdx_parents() const;
    void lvm() const;
    void xfs_tree() const;
    void ntfs_list() const;
    void references() const;
    void vhd_child(const fs::path& parent) const;
    void vhdx_child(const fs::path& parent) const;
    void vmdk_children(const fs::path& parent) const;
};

Bytes read_bytes(const fs::path& path) {
    const std::string text = read_file(path);
    const auto bytes = formats::as_byte_span(text);
    return {bytes.begin(), bytes.end()};
}

void Seeds::make() const {
    qcow2_bomb("zlib", "bomb_zlib", deflate_bomb);
    qcow2_bomb("zstd", "bomb_zstd", zstd_bomb);
    vmdk_bomb();
    vmdk_kinds();
    vhd_loop();
    vhdx_log();
    vhdx_parents();
    lvm();
    xfs_tree();
    ntfs_list();
    references();
}

// The first compressed cluster, at the file's end from now on.
void Seeds::qcow2_bomb(const std::string& from, const std::string& to, const Bytes& bomb) const {
    constexpr std::uint64_t kOffset = 0x00fffffffffffe00;
    constexpr std::uint64_t kCompressed = std::uint64_t{1} << 62;
    SparseImage image = load("format_qcow2/" + from);
    const std::uint64_t bits = image.number(20, 4, true);
    const std::uint64_t l2 = image.number(image.number(40, 8, true), 8, true) & kOffset;
    const std::uint64_t end = formats::round_up(image.size(), std::uint64_t{1} << bits);
    const std::uint64_t sectors = (bomb.size() + 511) / 512;
    for (std::uint64_t at = l2; at < l2 + (std::uint64_t{1} << bits); at += 8) {
        if ((image.number(at, 8, true) & kCompressed) == 0) continue;
        image.set_number(at, 8, true, kCompressed | (sectors - 1) << (62 - (bits - 8)) | end);
        image.resize(end + sectors * 512);
        image.write(end, bomb);
        return keep("format_qcow2/" + to, image);
    }
    throw Error("the qcow2 has no compressed cluster");
}

// The first grain, as a zlib stream.
void Seeds::vmdk_bomb() const {
    SparseImage image = load("format_vmdk/stream");
    const std::uint64_t grain = image.number(64, 8, false) * 512;
    Bytes stream = {std::byte{0x78}, std::byte{0x9c}};
    stream.insert(stream.end(), deflate_bomb.begin(), deflate_bomb.end());
    stream.resize(stream.size() + 4);  // for Adler-32, which nobody should come to
    const std::uint64_t room = formats::round_up(12 + image.number(grain + 8, 4, false), 512);
    if (12 + stream.size() > room) throw Error("the bomb is larger than the grain");
    image.set_number(grain + 8, 4, false, stream.size());
    image.write(grain + 12, stream);
    keep("format_vmdk/bomb", image);
}

void Seeds::vmdk_kinds() const {
    Bytes disk(96 * 1024);
    for (std::size_t at = 0; at < disk.size(); at += 20'000) {
        std::memset(disk.data() + at, static_cast<int>(at >> 8 | 1), 700);
    }
    formats::VmdkBuilder builder;
    keep("format_vmdk/vmfs_sparse", builder.vmfs_sparse(disk, 8));
    keep("format_vmdk/se_sparse", builder.se_sparse(disk));
    keep("format_vmdk/redundant", builder.hosted(disk, {1, 8, 64, false, true}));
    keep("format_vmdk/compressed", builder.hosted(disk, {3, 128, 512, false, false, true}));
    builder.kind_of = [](std::uint64_t grain) {
        return grain % 3 == 0 ? formats::Extent::Kind::Zero : formats::Extent::Kind::Data;
    };
    keep("format_vmdk/zeroed", builder.hosted(disk, {2, 16, 512, true}));
    builder.parent_cid = builder.cid;
    builder.parent_hint = "self.vmdk";
    const std::string text =
        builder.descriptor("monolithicSparse", {R"(RW 192 SPARSE "self.vmdk")"});
    keep("format_vmdk/parent_loop", builder.hosted(disk, {1, 128, 512, false, false, false, text}));
}

// A child of itself, by its name and its identity.
void Seeds::vhd_loop() const {
    SparseImage image = load("format_vhd/dynamic");
    constexpr std::uint32_t kDifferencing = 4;
    constexpr std::string_view kName = "self.vhd";
    for (const std::uint64_t footer : {std::uint64_t{0}, image.size() - 512}) {
        image.set_number(footer + 60, 4, true, kDifferencing);
    }
    const std::uint64_t header = image.number(16, 8, true);
    image.write(header + 40, image.read(68, 16));
    for (std::size_t i = 0; i < kName.size(); ++i) {
        const auto letter = static_cast<std::uint8_t>(kName[i]);
        image.set_number(header + 64 + 2 * i, 2, true, letter);
        image.set_number(image.size() - 1024 + 2 * i, 2, false, letter);
    }
    image.set_number(header + 576, 4, true, 0x57327275);  // "W2ru"
    image.set_number(header + 580, 4, true, 512);
    image.set_number(header + 584, 4, true, 2 * kName.size());
    image.set_number(header + 592, 8, true, image.size() - 1024);
    mend_checksums("vhd", image);
    keep("format_vhd/parent_loop", image);
}

VhdxBuilder small_vhdx() {
    VhdxBuilder builder;
    builder.disk_size = 3 * kMiB;
    builder.blocks[0] = {formats::vhdx::BlockState::FullyPresent, formats::page_of('0')};
    builder.blocks[2] = {formats::vhdx::BlockState::FullyPresent, formats::page_of('2')};
    return builder;
}

void Seeds::vhdx_log() const {
    VhdxBuilder builder = small_vhdx();
    const Bytes plain = builder.build();
    Bytes table(plain.begin() + VhdxBuilder::kBat, plain.begin() + VhdxBuilder::kBat + 4096);
    formats::store_le(table, 8, builder.place(2) | 6);
    const VhdxBuilder::Change data{builder.place(0), formats::page_of('A'), 0};
    const VhdxBuilder::Change zeros{builder.place(2), {}, 4096};
    const VhdxBuilder::Change map{VhdxBuilder::kBat, table, 0};
    builder.log_first = 7;
    builder.log = {{7, {data, zeros}}};
    keep("format_vhdx/log", builder.build());
    builder.log = {{7, {data}}, {8, {map, zeros}}, {9, {data}}};
    keep("format_vhdx/log_of_three", builder.build());
    builder.log.back().torn = true;
    keep("format_vhdx/log_torn", builder.build());
    builder.log.back().torn = false;
    builder.log_start = kMiB - 4096;
    keep("format_vhdx/log_around", builder.build());
}

void Seeds::vhdx_parents() const {
    VhdxBuilder builder = small_vhdx();
    builder.set_parent(".\\self.vhdx", builder.data_write);
    builder.blocks[2].state = formats::vhdx::BlockState::PartiallyPresent;
    builder.present = {{4096, 8}, {4200, 1}};
    keep("format_vhdx/parent_loop", builder.build());
}

std::string volume_text(std::string_view name, std::string_view flags, std::string_view segment) {
    return fmt::format(
        "{} {{\nid = \"x\"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"{}]\nsegment_count = 1\n"
        "segment1 {{\nstart_extent = 0\n{}\n}}\n}}\n",
        name, flags, segment);
}

// Two physical volumes; an ext2 on a linear volume, and volumes of other kinds beside.
void Seeds::lvm() const {
    const std::string linear = volume_text(
        "root", "",
        "extent_count = 1\ntype = \"striped\"\nstripe_count = 1\nstripes = [\"pv0\", 1]");
    const std::string striped =
        volume_text("data", "",
                    "extent_count = 2\ntype = \"striped\"\nstripe_count = 2\n"
                    "stripe_size = 128\nstripes = [\"pv0\", 2, \"pv1\", 0]");
    const std::string others =
        volume_text("thin", "", "extent_count = 1\ntype = \"thin\"\nthin_pool = \"pool\"") +
        volume_text("twice", ", \"MIRRORED\"",
                    "extent_count = 1\ntype = \"mirror\"\nmirror_count = 2\nmirrors = [\"a\", 0]");
    const auto text = [](std::string_view volumes) {
        return fmt::format(
            "vg {{\nid = \"GGGGGG-gggg-GGGG-gggg-GGGG-gggg-GGGGGG\"\nseqno = 1\n"
            "format = \"lvm2\" # informational\nstatus = [\"RESIZEABLE\", \"READ\", \"WRITE\"]\n"
            "flags = []\nextent_size = 2048\nphysical_volumes {{\n"
            "pv0 {{\nid = \"AAAAAA-aaaa-AAAA-aaaa-AAAA-aaaa-AAAAAA\"\n"
            "status = [\"ALLOCATABLE\"]\npe_start = 2048\npe_count = 5\n}}\n"
            "pv1 {{\nid = \"BBBBBB-bbbb-BBBB-bbbb-BBBB-bbbb-BBBBBB\"\n"
            "status = [\"ALLOCATABLE\"]\npe_start = 2048\npe_count = 5\n}}\n}}\n"
            "logical_volumes {{\n{}}}\n}}\ncontents = \"Text Format Volume Group\"\nversion = 1\n",
            volumes);
    };
    for (const auto& [name, volumes] : {std::pair{"lvm", linear},
                                        {"lvm_striped", linear + striped},
                                        {"lvm_others", linear + striped + others}}) {
        SparseDisk disk(16 * kMiB);
        formats::put_mbr_entry(disk, 0, 0, 0x8e, 2048, 6 * 2048);
        formats::put_mbr_entry(disk, 0, 1, 0x8e, 8 * 2048, 6 * 2048);
        formats::put_physical_volume(disk, kMiB, 6 * kMiB, "AAAAAAaaaaAAAAaaaaAAAAaaaaAAAAAA",
                                     text(volumes));
        formats::put_physical_volume(disk, 8 * kMiB, 6 * kMiB, "BBBBBBbbbbBBBBbbbbBBBBbbbbBBBBBB",
                                     text(volumes));
        formats::ExtImage(disk, 3 * kMiB);
        keep(fmt::format("disk/{}", name), disk);
    }
}

// The extents of the first directory that has some, in a tree of one block.
void Seeds::xfs_tree() const {
    constexpr std::uint64_t kCore = 100;
    constexpr std::uint64_t kExtents = 2;
    constexpr std::uint64_t kTree = 3;
    SparseImage image = load("disk/xfs_crc_0");
    const XfsPlaces xfs(image, 0);
    for (unsigned i = 0; i < XfsPlaces::kInodes; ++i) {
        const std::uint64_t inode = xfs.inode(i);
        const bool directory = image.number(inode + 2, 2, true) >> 12 == 4;
        if (!directory || image.number(inode + 5, 1, true) != kExtents) continue;
        const std::uint64_t count = image.number(inode + 76, 4, true);
        const std::uint64_t last = image.number(84, 4, true) - 1;
        const std::uint64_t node = last * xfs.block;
        image.set_number(node, 8, true, 0x424d415000000000 | count);  // "BMAP", level 0
        image.set_number(node + 8, 8, true, ~std::uint64_t{0});
        image.set_number(node + 16, 8, true, ~std::uint64_t{0});
        image.write(node + 24, image.read(inode + kCore, count * 16));
        const std::uint64_t most = (xfs.inode_size - kCore - 4) / 16;
        image.set_number(inode + 5, 1, true, kTree);
        image.set_number(inode + kCore, 4, true, 0x00010001);  // level, records
        image.set_number(inode + kCore + 4, 8, true, 0);
        image.set_number(inode + kCore + 4 + most * 8, 8, true, last);
        return keep("disk/xfs_tree", image);
    }
    throw Error("the XFS has no directory with extents");
}

// The log's first attribute as a list of attributes: one in the log's own record, one that is not
// there.
void Seeds::ntfs_list() const {
    constexpr std::uint64_t kRecord = 1024;
    constexpr std::uint64_t kList = 0x20;
    constexpr std::uint64_t kData = 0x80;
    constexpr std::uint64_t kEntry = 32;
    SparseImage image = load("disk/ntfs");
    const std::uint64_t cluster = image.number(11, 2, false) * image.number(13, 1, false);
    const std::uint64_t log = image.number(48, 8, false) * cluster + 2 * kRecord;
    const std::uint64_t attribute = log + image.number(log + 20, 2, false);
    const std::uint64_t value = attribute + image.number(attribute + 20, 2, false);
    image.set_number(attribute, 4, false, kList);
    image.set_number(attribute + 16, 4, false, 2 * kEntry);
    for (const auto& [at, record] : {std::pair{value, 2}, {value + kEntry, 6}}) {
        image.write(at, Bytes(kEntry));
        image.set_number(at, 4, false, kData);
        image.set_number(at + 4, 2, false, kEntry);
        image.set_number(at + 16, 8, false, static_cast<std::uint64_t>(record));
    }
    keep("disk/ntfs_list", image);
}

// Children of the files of `make_reference_files`, and what refers to itself.
void Seeds::references() const {
    const TempDir directory(temp_root());
    make_reference_files(directory.path());
    vhd_child(directory.path() / "parent.vhd");
    vhdx_child(directory.path() / "parent.vhdx");
    vmdk_children(directory.path() / "parent.vmdk");
    fs::create_directories(corpus / "reference");
    for (const char* loop : {"format_vhd/parent_loop", "format_vhdx/parent_loop",
                             "format_vmdk/parent_loop", "format_qcow2/with_a_backing_file"}) {
        const std::string name = fs::path(loop).parent_path().filename().string() + "_loop";
        keep("reference/" + name, load(loop));
    }
}

// The parent itself with another identity, of which half a block's sectors are the parent's.
void Seeds::vhd_child(const fs::path& parent) const {
    constexpr std::uint32_t kDifferencing = 4;
    constexpr std::string_view kName = "parent.vhd";
    SparseImage image = SparseImage::load(parent);
    const std::uint64_t header = image.number(16, 8, true);
    image.write(header + 40, image.read(68, 16));
    for (const std::uint64_t footer : {std::uint64_t{0}, image.size() - 512}) {
        image.set_number(footer + 60, 4, true, kDifferencing);
        image.set_number(footer + 68, 8, true, 1);
    }
    for (std::size_t i = 0; i < kName.size(); ++i) {
        image.set_number(header + 64 + 2 * i, 2, true, static_cast<std::uint8_t>(kName[i]));
    }
    const std::uint64_t block = image.number(image.number(header + 16, 8, true), 4, true) * 512;
    image.set_number(block, 8, true, 0x00ff00ff0f0ff00f);
    mend_checksums("vhd", image);
    keep("reference/vhd_child", image);
}

void Seeds::vhdx_child(const fs::path& parent) const {
    constexpr std::uint64_t kSecondHeader = 0x20000;
    const Bytes header = SparseImage::load(parent).read(kSecondHeader, 4096);
    VhdxBuilder builder = small_vhdx();
    builder.set_parent(".\\parent.vhdx", formats::vhdx::Guid::load(header, 32));
    builder.blocks[1] = {formats::vhdx::BlockState::PartiallyPresent, formats::page_of('1')};
    builder.present = {{2048, 8}, {2200, 1}};
    keep("reference/vhdx_child", builder.build());
}

void Seeds::vmdk_children(const fs::path& parent) const {
    const auto text = [&](const std::string& name, const std::string& content) {
        keep("reference/" + name, formats::as_byte_span(content));
    };
    const std::string file = read_file(parent);
    const std::size_t cid = file.find("CID=");
    formats::VmdkBuilder builder;
    text("vmdk_extents",
         builder.descriptor("custom",
                            {R"(RW 2048 FLAT "base.raw" 8)", R"(RW 1024 ZERO)",
                             R"(RW 6144 SPARSE "parent.vmdk")", R"(RW 2 FLAT "image" 0)"}));
    text("vmdk_vmfs", builder.descriptor("vmfs", {R"(RW 6144 VMFS "base.raw")"}));
    builder.parent_cid =
        static_cast<std::uint32_t>(std::stoul(file.substr(cid + 4, 8), nullptr, 16));
    builder.parent_hint = "parent.vmdk";
    Bytes disk(96 * 1024);
    std::memset(disk.data() + 66'000, 'x', 2000);
    const std::string own = builder.descriptor("monolithicSparse", {R"(RW 192 SPARSE "image")"});
    keep("reference/vmdk_child", builder.hosted(disk, {1, 128, 512, false, false, false, own}));
    text("ovf",
         "<Envelope xmlns=\"http://schemas.dmtf.org/ovf/envelope/1\"><References>"
         "<File id=\"f\" href=\"parent.vmdk\"/><File id=\"g\" href=\"image\"/>"
         "</References><DiskSection><Disk diskId=\"d\" fileRef=\"f\"/></DiskSection>"
         "</Envelope>");
}

SparseImage Seeds::load(const std::string& name) const {
    const std::string text = read_file(corpus / name);
    const std::vector<std::uint8_t> input(text.begin(), text.end());
    return SparseImage::parse(input);
}

void Seeds::keep(const std::string& name, const SparseImage& image) const {
    const auto input = image.encode();
    write_file_atomically(corpus / name, std::string(input.begin(), input.end()));
}

void Seeds::keep(const std::string& name, std::span<const std::byte> file) const {
    SparseImage image;
    image.resize(file.size());
    image.write(0, file);
    keep(name, image);
}

void Seeds::keep(const std::string& name, const SparseDisk& disk) const {
    Bytes bytes(disk.virtual_size());
    disk.read(0, bytes);
    keep(name, bytes);
}

}  // namespace
}  // namespace kiln::fuzz

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: fuzz_seeds CORPUS DEFLATE_BOMB ZSTD_BOMB\n";
        return 2;
    }
    try {
        kiln::fuzz::Seeds{argv[1], kiln::fuzz::read_bytes(argv[2]), kiln::fuzz::read_bytes(argv[3])}
            .make();
    } catch (const std::exception& error) {
        std::cerr << "Error: " << kiln::describe(error) << '\n';
        return 1;
    }
    return 0;
}
