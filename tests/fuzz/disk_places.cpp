// What readers act on in partition tables, LVM2 and file systems.
#include <algorithm>

#include "image_checksums.h"
#include "place_list.h"
#include "xfs_places.h"

namespace kiln::fuzz {

namespace {

void table_places(Places& places);
void lvm_places(Places& places, std::uint64_t start);
void ntfs_places(Places& places, std::uint64_t start);
void xfs_places(Places& places, const SparseImage& image, std::uint64_t start);

}  // namespace

std::vector<Place> disk_places(const SparseImage& image) {
    Places little(image, false);
    Places big(image, true);
    table_places(little);
    for (const std::uint64_t start : partition_starts(image)) {
        little.words(fmt::format("boot_{:x}", start), start, 96, 2);
        little.words(fmt::format("super_{:x}", start), start + 1024, 384, 4);
        little.words(fmt::format("groups_{:x}", start), start + 4096, 64, 4);
        little.words(fmt::format("next_{:x}", start), start + 512, 128, 4);
        lvm_places(little, start);
        ntfs_places(little, start);
        xfs_places(big, image, start);
    }
    std::vector<Place> places = little.take();
    std::ranges::move(big.take(), std::back_inserter(places));
    return places;
}

namespace {

void table_places(Places& places) {
    for (unsigned i = 0; i < 4; ++i) {
        places.fields(fmt::format("partition_{}_", i), 446 + std::uint64_t{i} * 16,
                      {{"type", 4, 1}, {"start", 8, 4}, {"length", 12, 4}});
    }
    if (places.value(512, 8) == 0x5452415020494645) {  // "EFI PART"
        places.words("gpt", 512 + 8, 84, 4);
        places.words("gpt_entry", places.value(512 + 72, 8) * 512, 256, 8);
    }
}

void lvm_places(Places& places, std::uint64_t start) {
    const std::uint64_t label = start + 512;
    if (places.value(label, 8) != 0x454e4f4c4542414c) return;  // "LABELONE"
    places.words(fmt::format("lvm_areas_{:x}", start), label + 64, 64, 8);
    places.words(fmt::format("lvm_header_{:x}", start), start + places.value(label + 104, 8) + 24,
                 40, 8);
}

void ntfs_places(Places& places, std::uint64_t start) {
    if (places.value(start + 3, 8) != 0x202020205346544e) return;  // "NTFS    "
    constexpr std::uint64_t kRecord = 1024;
    const std::uint64_t cluster = places.value(start + 11, 2) * places.value(start + 13, 1);
    const std::uint64_t table = start + places.value(start + 48, 8) * cluster;
    places.fields(fmt::format("ntfs_{:x}_", start), start,
                  {{"sector", 11, 2},
                   {"cluster", 13, 1},
                   {"sectors", 40, 8},
                   {"table", 48, 8},
                   {"record", 64, 1},
                   {"index", 68, 1}});
    // The table, its copy, the log, the volume, the root directory, the bitmap, bad clusters.
    for (const unsigned record : {0U, 1U, 2U, 3U, 5U, 6U, 8U}) {
        const std::uint64_t at = table + record * kRecord;
        places.words(fmt::format("ntfs_record_{}", record), at, 56, 2);
        const std::uint64_t first = at + places.value(at + 20, 2);
        places.words(fmt::format("ntfs_attributes_{}", record), first, 512, 4);
    }
}

void xfs_places(Places& places, const SparseImage& image, std::uint64_t start) {
    const XfsPlaces xfs(image, start);
    if (!xfs.known()) return;
    places.words(fmt::format("xfs_super_{:x}", start), start, 264, 4);
    for (unsigned group = 0; group < 4; ++group) {
        places.words(fmt::format("xfs_group_{}", group), xfs.group_header(group), 64, 4);
        places.words(fmt::format("xfs_free_{}", group), xfs.free_space_root(group), 96, 4);
    }
    for (unsigned i = 0; i < XfsPlaces::kInodes; ++i) {
        places.words(fmt::format("xfs_inode_{}", i), xfs.inode(i), xfs.inode_size, 4);
    }
    for (unsigned i = 0; i < 4; ++i) {
        places.words(fmt::format("xfs_log_{}", i), xfs.log() + i * 512, 48, 4);
    }
}

}  // namespace
}  // namespace kiln::fuzz
