#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "formats/file_system/ext_superblock.h"
#include "formats/file_system/volume.h"

namespace kiln::formats {

/// What the file system keeps of each of its groups.
struct ExtGroup {
    std::uint64_t block_bitmap = 0;
    std::uint64_t inode_bitmap = 0;
    std::uint64_t inode_table = 0;
    std::uint32_t free_clusters = 0;
    std::uint32_t unused_inodes = 0;  ///< at the end of the table, never written
    std::uint32_t block_bitmap_checksum = 0;
    bool inodes_unused = false;  ///< the inode table holds nothing
    bool blocks_unused = false;  ///< the block bitmap was never written; metadata alone is in use
};

/// The groups of an ext file system: descriptors, block bitmaps, and where metadata lies. Holds one
/// block of descriptors and one bitmap at a time. One thread at a time.
/// Errors: kiln::Error for checksums that are wrong and for bitmaps that contradict their
/// descriptors.
class ExtGroups {
  public:
    ExtGroups(const Volume& volume, const ExtSuperblock& super) : volume_(volume), super_(super) {}

    ExtGroup group(std::uint64_t number) const;

    /// Ascending runs of free blocks: block number and count. Runs of neighbouring groups are one.
    void for_each_free(const std::function<void(std::uint64_t, std::uint64_t)>& visit) const;

    bool is_free(std::uint64_t block) const;
    /// What metadata of fixed places the block is part of: `inode table`... Nothing when none.
    std::optional<std::string_view> metadata_at(std::uint64_t block) const;
    std::uint64_t inode_table_blocks() const;

  private:
    struct Run {
        std::uint64_t start = 0;
        std::uint64_t count = 0;
    };
    bool has_super(std::uint64_t number) const;
    std::uint64_t descriptor_block(std::uint64_t index) const;
    /// The backup of the superblock and the table of groups at the start of a group.
    std::uint64_t base_blocks(std::uint64_t number) const;
    void load_descriptors(std::uint64_t index) const;
    void verify(std::uint64_t number, std::span<const std::byte> descriptor) const;
    /// A bit per cluster, set where it is in use.
    std::vector<std::byte> bitmap(std::uint64_t number, const ExtGroup& group) const;
    std::vector<std::byte> computed_bitmap(std::uint64_t number, const ExtGroup& group) const;
    void verify_bitmap(std::uint64_t number, const ExtGroup& group,
                       std::span<const std::byte> bits) const;
    std::vector<Run> own_metadata(std::uint64_t number, const ExtGroup& group) const;
    std::uint64_t clusters(std::uint64_t number) const;
    std::vector<bool> groups_with_foreign_metadata() const;

    const Volume& volume_;
    const ExtSuperblock& super_;
    mutable std::vector<std::byte> descriptors_;
    mutable std::uint64_t loaded_ = ~std::uint64_t{0};  // which block of the table that is
};

}  // namespace kiln::formats
