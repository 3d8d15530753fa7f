#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "formats/file_system/volume.h"

namespace kiln::formats {

/// The superblock of ext2, ext3 or ext4, checked: every size divides what it should, every count
/// agrees with the others, so that arithmetic on them neither overflows nor divides by zero.
struct ExtSuperblock {
    static constexpr std::uint64_t kOffset = 1024;
    static constexpr std::size_t kSize = 1024;
    /// With usual groups 2 PiB; what has more is left alone.
    static constexpr std::uint64_t kMaxGroups = std::uint64_t{1} << 24;

    enum Compat : std::uint32_t { kHasJournal = 0x4, kSparseSuper2 = 0x200 };
    enum Incompat : std::uint32_t {
        kCompression = 0x1,
        kFileTypes = 0x2,
        kRecover = 0x4,
        kJournalDevice = 0x8,
        kMetaGroups = 0x10,
        kExtents = 0x40,
        k64Bit = 0x80,
        kMultiMount = 0x100,
        kFlexGroups = 0x200,
        kInodesOfAttributes = 0x400,
        kChecksumSeed = 0x2000,
        kLargeDirectories = 0x4000,
        kInlineData = 0x8000,
        kEncrypt = 0x10000,
        kCaseFold = 0x20000,
    };
    enum ReadOnlyCompat : std::uint32_t {
        kSparseSuper = 0x1,
        kLargeFiles = 0x2,
        kTreeDirectories = 0x4,
        kHugeFiles = 0x8,
        kGroupChecksums = 0x10,
        kDirectoryLinks = 0x20,
        kExtraInodeSize = 0x40,
        kQuota = 0x100,
        kClusters = 0x200,
        kMetadataChecksums = 0x400,
        kReadOnly = 0x1000,
        kProjects = 0x2000,
        kVerity = 0x8000,
        kOrphansPresent = 0x10000,
    };

    std::uint32_t block_size = 0;  ///< 1 KiB to 64 KiB
    std::uint64_t blocks = 0;
    std::uint64_t free_blocks = 0;
    std::uint32_t first_data_block = 0;  ///< 1 where blocks have 1 KiB; the first group begins here
    std::uint32_t blocks_per_group = 0;
    std::uint32_t cluster_blocks = 1;  ///< blocks for which a bit of a bitmap stands
    std::uint64_t groups = 0;
    std::uint32_t inodes = 0;
    std::uint32_t inodes_per_group = 0;
    std::uint32_t inode_size = 0;
    std::uint32_t first_inode = 11;  ///< those below are the file system's own
    std::uint32_t descriptor_size = 32;
    std::uint32_t descriptor_blocks = 0;  ///< of a whole table of groups
    std::uint32_t reserved_descriptor_blocks = 0;
    std::uint32_t first_meta_group = 0;
    std::uint32_t backup_groups[2] = {0, 0};  ///< with kSparseSuper2
    std::uint32_t compat = 0;
    std::uint32_t incompat = 0;
    std::uint32_t read_only_compat = 0;
    std::uint16_t state = 0;
    std::uint32_t journal_inode = 0;
    std::uint32_t orphans = 0;  ///< head of the list of deleted files that were still open
    std::uint64_t multi_mount_block = 0;
    std::uint32_t checksum_seed = 0;
    std::string uuid;
    std::byte uuid_bytes[16] = {};
    std::string label;

    /// Nothing when the volume holds none of these file systems. Throws kiln::Error when it does
    /// and the superblock is damaged: a wrong checksum, sizes and counts that cannot be.
    static std::optional<ExtSuperblock> read(const Volume& volume);

    std::uint64_t size() const { return blocks * block_size; }
    bool has_checksums() const {
        return (read_only_compat & (kGroupChecksums | kMetadataChecksums)) != 0;
    }
    std::uint64_t group_start(std::uint64_t group) const {
        return first_data_block + group * blocks_per_group;
    }
    /// The last group may be shorter.
    std::uint64_t group_blocks(std::uint64_t group) const;
    /// `ext2`, `ext3`, `ext4` as blkid tells them apart, or `jbd` for a journal on its own.
    std::string type() const;
    /// Features that are not known, in words; empty when there are none.
    std::string unknown_features() const;
    /// What the superblock alone has against dropping free blocks; empty when nothing.
    std::string untouchable(std::uint64_t volume_size) const;
};

}  // namespace kiln::formats
