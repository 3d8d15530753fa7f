#include "formats/file_system/ext_superblock.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/checksum.h"
#include "formats/bytes/text.h"

namespace kiln::formats {

namespace {

using Bytes = std::array<std::byte, ExtSuperblock::kSize>;

constexpr std::uint16_t kMagic = 0xEF53;
constexpr std::uint16_t kStateClean = 1;
constexpr std::uint16_t kStateErrors = 2;

ExtSuperblock parse(const Bytes& bytes);
void verify_checksum(const Bytes& bytes, const ExtSuperblock& super);
void set_geometry(const Bytes& bytes, ExtSuperblock& super);
void set_descriptors(const Bytes& bytes, ExtSuperblock& super);
[[noreturn]] void damaged(std::string_view reason);

}  // namespace

std::optional<ExtSuperblock> ExtSuperblock::read(const Volume& volume) {
    if (!fits(kOffset, kSize, volume.size())) return std::nullopt;
    Bytes bytes;
    volume.read(kOffset, bytes);
    if (load_le<std::uint16_t>(bytes, 0x38) != kMagic) return std::nullopt;
    return parse(bytes);
}

std::uint64_t ExtSuperblock::group_blocks(std::uint64_t group) const {
    return std::min<std::uint64_t>(blocks_per_group, blocks - group_start(group));
}

std::string ExtSuperblock::type() const {
    constexpr std::uint32_t kOldIncompat = kFileTypes | kRecover | kMetaGroups;
    constexpr std::uint32_t kOldReadOnly = kSparseSuper | kLargeFiles | kTreeDirectories;
    if ((incompat & kJournalDevice) != 0) return "jbd";
    if ((incompat & ~kOldIncompat) != 0 || (read_only_compat & ~kOldReadOnly) != 0) return "ext4";
    return (compat & kHasJournal) != 0 ? "ext3" : "ext2";
}

std::string ExtSuperblock::unknown_features() const {
    constexpr std::uint32_t kKnownIncompat = kFileTypes | kRecover | kJournalDevice | kMetaGroups |
                                             kExtents | k64Bit | kMultiMount | kFlexGroups |
                                             kInodesOfAttributes | kChecksumSeed |
                                             kLargeDirectories | kInlineData | kEncrypt | kCaseFold;
    constexpr std::uint32_t kKnownReadOnly =
        kSparseSuper | kLargeFiles | kTreeDirectories | kHugeFiles | kGroupChecksums |
        kDirectoryLinks | kExtraInodeSize | kQuota | kClusters | kMetadataChecksums | kReadOnly |
        kProjects | kVerity | kOrphansPresent;
    if ((incompat & ~kKnownIncompat) == 0 && (read_only_compat & ~kKnownReadOnly) == 0) return {};
    return fmt::format("features (incompat {:#x}, ro_compat {:#x})", incompat & ~kKnownIncompat,
                       read_only_compat & ~kKnownReadOnly);
}

std::string ExtSuperblock::untouchable(std::uint64_t volume_size) const {
    if ((incompat & kJournalDevice) != 0) return "it is the journal of another file system";
    if (const std::string unknown = unknown_features(); !unknown.empty()) {
        return fmt::format("it has unknown {}", unknown);
    }
    if ((incompat & kRecover) != 0) return "its journal has not been replayed";
    if ((state & kStateErrors) != 0) return "errors were noted in it";
    if ((state & kStateClean) == 0) return "it was not unmounted cleanly";
    if (orphans != 0 || (read_only_compat & kOrphansPresent) != 0) {
        return "files that were deleted while open have not been cleaned up";
    }
    if ((compat & kHasJournal) != 0 && journal_inode == 0) return "its journal is elsewhere";
    if (size() > volume_size) return "it is larger than its volume";
    if (groups > kMaxGroups) return "it has too many groups";
    return {};
}

namespace {

ExtSuperblock parse(const Bytes& bytes) {
    ExtSuperblock super;
    constexpr std::uint32_t kFirstRevisionWithFeatures = 1;
    super.state = load_le<std::uint16_t>(bytes, 0x3A);
    super.inode_size = 128;
    if (load_le<std::uint32_t>(bytes, 0x4C) >= kFirstRevisionWithFeatures) {
        super.first_inode = load_le<std::uint32_t>(bytes, 0x54);
        super.inode_size = load_le<std::uint16_t>(bytes, 0x58);
        super.compat = load_le<std::uint32_t>(bytes, 0x5C);
        super.incompat = load_le<std::uint32_t>(bytes, 0x60);
        super.read_only_compat = load_le<std::uint32_t>(bytes, 0x64);
    }
    const std::span<const std::byte> all(bytes);
    std::copy_n(bytes.begin() + 0x68, 16, super.uuid_bytes);
    super.uuid = uuid_text(super.uuid_bytes);
    super.label = text_until_nul(all.subspan(0x78, 16));
    super.journal_inode = load_le<std::uint32_t>(bytes, 0xE0);
    super.orphans = load_le<std::uint32_t>(bytes, 0xE8);
    super.multi_mount_block = load_le<std::uint64_t>(bytes, 0x168);
    super.checksum_seed = (super.incompat & ExtSuperblock::kChecksumSeed) != 0
                              ? load_le<std::uint32_t>(bytes, 0x270)
                              : crc32c(~0U, super.uuid_bytes);
    verify_checksum(bytes, super);
    set_geometry(bytes, super);
    set_descriptors(bytes, super);
    return super;
}

void verify_checksum(const Bytes& bytes, const ExtSuperblock& super) {
    constexpr std::size_t kChecksum = 0x3FC;
    constexpr unsigned kCrc32c = 1;
    if ((super.read_only_compat & ExtSuperblock::kMetadataChecksums) == 0) return;
    if (std::to_integer<unsigned>(bytes[0x175]) != kCrc32c)
        damaged("its checksums are not CRC-32C");
    const std::uint32_t sum = crc32c(~0U, std::span(bytes).first(kChecksum));
    if (sum != load_le<std::uint32_t>(bytes, kChecksum)) {
        damaged("the superblock's checksum is wrong");
    }
}

void set_geometry(const Bytes& bytes, ExtSuperblock& super) {
    constexpr std::uint32_t kLargestBlock = 6;     // 64 KiB
    constexpr std::uint32_t kLargestCluster = 20;  // 1 GiB
    const bool wide = (super.incompat & ExtSuperblock::k64Bit) != 0;
    const auto block_shift = load_le<std::uint32_t>(bytes, 0x18);
    const auto cluster_shift = load_le<std::uint32_t>(bytes, 0x1C);
    if (block_shift > kLargestBlock) damaged("its block size is impossible");
    super.block_size = 1024U << block_shift;
    const auto pair = [&](std::size_t low, std::size_t high) {
        const std::uint64_t upper = wide ? load_le<std::uint32_t>(bytes, high) : 0;
        return upper << 32 | load_le<std::uint32_t>(bytes, low);
    };
    super.blocks = pair(0x04, 0x150);
    super.free_blocks = pair(0x0C, 0x158);
    super.first_data_block = load_le<std::uint32_t>(bytes, 0x14);
    super.blocks_per_group = load_le<std::uint32_t>(bytes, 0x20);
    if ((super.read_only_compat & ExtSuperblock::kClusters) != 0) {
        if (cluster_shift < block_shift || cluster_shift > kLargestCluster) {
            damaged("its cluster size is impossible");
        }
        super.cluster_blocks = 1U << (cluster_shift - block_shift);
        if (super.blocks_per_group / super.cluster_blocks != load_le<std::uint32_t>(bytes, 0x24)) {
            damaged("blocks and clusters per group disagree");
        }
    }
    // What bitmaps say is counted in bytes of the volume; more than 2^62 of them exist nowhere.
    if (super.blocks == 0 || super.blocks > (std::uint64_t{1} << 62) / super.block_size) {
        damaged("its number of blocks is impossible");
    }
    if (super.free_blocks > super.blocks) damaged("more blocks are free than it has");
    if (super.first_data_block > 1 || super.first_data_block >= super.blocks ||
        (super.first_data_block == 1 && super.block_size != 1024)) {
        damaged("its first block is impossible");
    }
    // Smaller groups than mke2fs makes would only serve to have very many of them.
    constexpr std::uint32_t kSmallestGroup = 256;
    const std::uint64_t bits = std::uint64_t{super.block_size} * 8;
    const std::uint32_t clusters_per_group = super.blocks_per_group / super.cluster_blocks;
    if (super.blocks_per_group < kSmallestGroup || clusters_per_group % 8 != 0 ||
        super.blocks_per_group % super.cluster_blocks != 0 || clusters_per_group > bits) {
        damaged("its groups have an impossible size");
    }
    super.groups = divide_up(super.blocks - super.first_data_block, super.blocks_per_group);
    super.inodes = load_le<std::uint32_t>(bytes, 0x00);
    super.inodes_per_group = load_le<std::uint32_t>(bytes, 0x28);
    if (!std::has_single_bit(super.inode_size) || super.inode_size < 128 ||
        super.inode_size > super.block_size) {
        damaged("its inodes have an impossible size");
    }
    if (super.inodes_per_group == 0 || super.inodes_per_group > bits ||
        super.groups > 0xFFFFFFFFU / super.inodes_per_group ||
        super.groups * super.inodes_per_group != super.inodes) {
        damaged("groups and inodes disagree");
    }
    if (divide_up(std::uint64_t{super.inodes_per_group} * super.inode_size, super.block_size) >
        super.blocks_per_group) {
        damaged("its groups have no room for their inodes");
    }
}

void set_descriptors(const Bytes& bytes, ExtSuperblock& super) {
    if ((super.incompat & ExtSuperblock::k64Bit) != 0) {
        super.descriptor_size = load_le<std::uint16_t>(bytes, 0xFE);
        if (!std::has_single_bit(super.descriptor_size) || super.descriptor_size < 64 ||
            super.descriptor_size > 1024) {
            damaged("its group descriptors have an impossible size");
        }
    }
    super.descriptor_blocks = static_cast<std::uint32_t>(
        divide_up(super.groups, super.block_size / super.descriptor_size));
    super.reserved_descriptor_blocks = load_le<std::uint16_t>(bytes, 0xCE);
    super.backup_groups[0] = load_le<std::uint32_t>(bytes, 0x24C);
    super.backup_groups[1] = load_le<std::uint32_t>(bytes, 0x250);
    super.first_meta_group = super.descriptor_blocks;
    if ((super.incompat & ExtSuperblock::kMetaGroups) != 0) {
        super.first_meta_group = load_le<std::uint32_t>(bytes, 0x104);
        if (super.first_meta_group > super.descriptor_blocks) {
            damaged("its first meta group is beyond the table of groups");
        }
    }
}

void damaged(std::string_view reason) {
    throw Error("the ext file system is damaged").because(reason);
}

}  // namespace
}  // namespace kiln::formats
