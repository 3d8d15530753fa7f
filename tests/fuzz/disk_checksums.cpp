// The checksums of what lies on a disk: GPT, LVM2, ext, XFS.
#include <algorithm>

#include "crc.h"
#include "image_checksums.h"
#include "xfs_places.h"

namespace kiln::fuzz {

namespace {

void mend_gpt(SparseImage& image);
void mend_lvm(SparseImage& image, std::uint64_t start);
void mend_ext(SparseImage& image, std::uint64_t start);
void mend_xfs(SparseImage& image, std::uint64_t start);

}  // namespace

void mend_disk(SparseImage& image) {
    mend_gpt(image);
    for (const std::uint64_t start : partition_starts(image)) {
        mend_lvm(image, start);
        mend_ext(image, start);
        mend_xfs(image, start);
    }
}

std::vector<std::uint64_t> partition_starts(const SparseImage& image) {
    std::vector<std::uint64_t> starts;
    for (unsigned i = 0; i < 4; ++i) {
        starts.push_back(image.number(446 + i * 16 + 8, 4, false) * 512);
    }
    const std::uint64_t entries = image.number(512 + 72, 8, false) * 512;
    for (unsigned i = 0; i < 4 && entries < image.size(); ++i) {
        starts.push_back(image.number(entries + i * 128 + 32, 8, false) * 512);
    }
    std::erase_if(starts,
                  [&](std::uint64_t start) { return start < 1024 || start >= image.size(); });
    starts.push_back(0);
    return starts;
}

namespace {

void mend_gpt(SparseImage& image) {
    if (image.number(512, 8, false) != 0x5452415020494645) return;
    const std::uint64_t bytes = image.number(512 + 80, 4, false) * image.number(512 + 84, 4, false);
    if (bytes <= (1U << 16)) {
        const std::uint64_t entries = image.number(512 + 72, 8, false) * 512;
        image.set_number(512 + 88, 4, false, ~crc<kIeee>(image.read(entries, bytes)));
    }
    const std::uint64_t size = image.number(512 + 12, 4, false);
    if (size >= 20 && size <= 512) mend_crc<kIeee>(image, 512, size, 16);
}

// Label, header of the first metadata area, text. The first area of data is the only one.
void mend_lvm(SparseImage& image, std::uint64_t start) {
    constexpr std::uint32_t kSeed = 0xf597a6cf;
    constexpr std::uint64_t kLongestText = 1U << 16;
    const std::uint64_t label = start + 512;
    if (image.number(label, 8, false) != 0x454e4f4c4542414c) return;  // "LABELONE"
    image.set_number(label + 16, 4, false, crc<kIeee>(image.read(label + 20, 492), kSeed));
    const std::uint64_t area = start + image.number(label + 104, 8, false);
    const std::uint64_t size = image.number(label + 112, 8, false);
    const std::uint64_t offset = image.number(area + 40, 8, false);
    const std::uint64_t length = image.number(area + 48, 8, false);
    if (offset < size && length <= kLongestText) {
        Bytes text = image.read(area + offset, std::min(length, size - offset));
        const Bytes rest = image.read(area + 512, length - text.size());
        text.insert(text.end(), rest.begin(), rest.end());
        image.set_number(area + 56, 4, false, crc<kIeee>(text, kSeed));
    }
    image.set_number(area, 4, false, crc<kIeee>(image.read(area + 4, 508), kSeed));
}

void mend_ext(SparseImage& image, std::uint64_t start) {
    constexpr std::uint32_t kMetadataChecksums = 0x400;
    const std::uint64_t super = start + 1024;
    if (image.number(super + 0x38, 2, false) == 0xef53 &&
        (image.number(super + 0x64, 4, false) & kMetadataChecksums) != 0) {
        image.set_number(super + 0x3fc, 4, false, crc<kCastagnoli>(image.read(super, 0x3fc)));
    }
}

void mend_xfs(SparseImage& image, std::uint64_t start) {
    const XfsPlaces xfs(image, start);
    if (!xfs.known() || !xfs.v5()) return;
    mend_crc<kCastagnoli>(image, start, xfs.sector, 224);
    for (unsigned group = 0; group < 4; ++group) {
        mend_crc<kCastagnoli>(image, xfs.group_header(group), xfs.sector, 216);
        mend_crc<kCastagnoli>(image, xfs.free_space_root(group), xfs.block, 52);
    }
    for (unsigned i = 0; i < XfsPlaces::kInodes; ++i) {
        mend_crc<kCastagnoli>(image, xfs.inode(i), xfs.inode_size, 100);
    }
}

}  // namespace
}  // namespace kiln::fuzz
