#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "formats/file_system/ext_groups.h"
#include "formats/file_system/ext_superblock.h"
#include "formats/file_system/work_budget.h"

namespace kiln::formats {

/// An inode: a file, a directory, a link, or something that no name leads to.
struct ExtInode {
    enum Type : unsigned { kDirectory = 0x4000, kFile = 0x8000, kLink = 0xA000 };
    std::uint32_t number = 0;
    unsigned type = 0;  ///< the upper four bits of the mode
    std::uint64_t size = 0;
    std::uint32_t links = 0;
    std::uint32_t flags = 0;
    std::vector<std::byte> bytes;  ///< as it is stored

    bool in_use() const { return links != 0 && type != 0; }
    bool has_extents() const;
    bool is_inline() const;
    bool is_encrypted() const;
    /// The 60 bytes that hold the map of blocks, or a link's text, or a small file's beginning.
    std::span<const std::byte> map() const { return std::span(bytes).subspan(0x28, 60); }
};

/// The inodes of an ext file system and where their content lies. One thread at a time.
class ExtInodes {
  public:
    ExtInodes(const Volume& volume, const ExtSuperblock& super, const ExtGroups& groups)
        : volume_(volume), super_(super), groups_(groups) {}

    ExtInode read(std::uint32_t number, WorkBudget& budget) const;

    /// Calls `visit` for the inodes in use of a group until it says false; tells whether it did.
    bool for_each_in_group(std::uint64_t group, WorkBudget& budget,
                           const std::function<bool(const ExtInode&)>& visit) const;

    /// A run of an inode's blocks on the volume.
    struct Run {
        enum class Kind { Data, Unwritten, Map };
        std::uint64_t logical = 0;  ///< in the file, in blocks; nothing of meaning for Map
        std::uint64_t block = 0;
        std::uint64_t count = 0;
        Kind kind = Kind::Data;  ///< Map: blocks that hold pointers to others
    };
    using Visit = std::function<bool(const Run&)>;
    /// Ascending in the file, until `visit` says false; tells whether it did. Inline content has
    /// no runs.
    bool for_each_run(const ExtInode& inode, WorkBudget& budget, const Visit& visit) const;

    /// The first `limit` bytes of the content, inline content included; the rest of the size is cut
    /// off. What is not stored reads as zeros.
    std::vector<std::byte> content(const ExtInode& inode, std::size_t limit,
                                   WorkBudget& budget) const;

    void read_block(std::uint64_t block, std::span<std::byte> out) const;

  private:
    ExtInode parse(std::uint32_t number, std::span<const std::byte> bytes) const;
    bool visit_extents(std::span<const std::byte> node, unsigned depth, WorkBudget& budget,
                       const Visit& visit) const;
    bool visit_pointers(std::uint64_t block, unsigned level, std::uint64_t& logical,
                        WorkBudget& budget, const Visit& visit) const;
    void check(const Run& run) const;

    const Volume& volume_;
    const ExtSuperblock& super_;
    const ExtGroups& groups_;
};

}  // namespace kiln::formats
