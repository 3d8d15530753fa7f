#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "formats/file_system/volume.h"

namespace kiln::formats {

/// The primary superblock of XFS, versions 4 and 5, checked so that nothing that is computed from
/// it overflows or leaves the file system.
struct XfsSuperblock {
    /// Nothing when there is none. Throws kiln::Error when it is damaged.
    static std::optional<XfsSuperblock> read(const Volume& volume);

    bool v5 = false;  ///< metadata bears checksums and says what it is
    std::uint32_t block_size = 0;
    std::uint32_t sector_size = 0;
    std::uint64_t blocks = 0;
    std::uint64_t free_blocks = 0;
    std::uint32_t group_blocks = 0;  ///< of each allocation group but the last
    std::uint32_t groups = 0;
    unsigned group_bits = 0;  ///< how many bits of a block's number count within a group
    std::uint64_t root_inode = 0;
    std::uint32_t inode_size = 0;
    unsigned inodes_per_block_bits = 0;
    std::uint32_t directory_block_size = 0;
    bool types_in_directories = false;
    std::uint64_t log_start = 0;  ///< a block number; 0 when the log is elsewhere
    std::uint32_t log_blocks = 0;
    std::array<std::byte, 16> metadata_uuid{};
    std::string label;
    std::string uuid;
    std::string unknown;   ///< features that are not known, in words; empty when there are none
    std::string obstacle;  ///< a feature or state by which it must be left alone

    std::uint64_t size() const { return blocks * block_size; }
    std::uint32_t blocks_of_group(std::uint32_t group) const;
    /// Where `length` blocks from a block number on lie. Throws when not within one group.
    std::uint64_t offset_of(std::uint64_t block, std::uint64_t length) const;
    std::uint64_t offset_in_group(std::uint32_t group, std::uint32_t block) const {
        return (std::uint64_t{group} * group_blocks + block) * block_size;
    }
    /// Blocks at the start of each group that hold its headers.
    std::uint32_t header_blocks() const;
    bool is_own(std::span<const std::byte> found) const;
};

/// CRC-32C over all of a piece of metadata but the checksum in it at `position`.
bool xfs_checksum_is_right(std::span<const std::byte> bytes, std::size_t position);

[[noreturn]] void xfs_damaged(std::string_view why);

}  // namespace kiln::formats
