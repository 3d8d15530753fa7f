#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "formats/file_system/volume.h"
#include "formats/file_system/work_budget.h"
#include "formats/file_system/xfs_superblock.h"

namespace kiln::formats {

/// A file, a directory, a link, or something else that a name leads to. Of the fork for attributes
/// nothing is kept.
struct XfsInode {
    enum Type : unsigned { kDirectory = 0x4000, kFile = 0x8000, kLink = 0xA000 };
    /// Where its content is: in the inode, where a list in the inode says, or a tree from it on.
    enum class Form { None, Local, List, Tree };
    std::uint64_t number = 0;
    unsigned type = 0;  ///< the upper four bits of the mode
    Form form = Form::None;
    std::uint64_t size = 0;
    std::uint64_t extents = 0;
    bool on_realtime = false;  ///< its content is on another device
    std::vector<std::byte> fork;
};

/// The inodes of XFS and where their content lies. Whatever an inode or a tree names must lie in an
/// allocation group, a tree's blocks must be of the level and the file that lead to them, and what
/// they list must ascend, so that a walk ends. With version 5 all of it has the right checksum.
/// One thread at a time. Errors: kiln::Error for what is damaged, TooMuchWork.
class XfsInodes {
  public:
    XfsInodes(const Volume& volume, const XfsSuperblock& super) : volume_(volume), super_(super) {}

    XfsInode read(std::uint64_t number, WorkBudget& budget) const;

    /// Blocks of a file that lie together, within one allocation group.
    struct Run {
        std::uint64_t logical = 0;  ///< in the file, in blocks
        std::uint64_t block = 0;
        std::uint64_t count = 0;
        bool written = true;  ///< else they read as zeros
    };
    /// Ascending in the file, until `visit` says false. Local content has no runs.
    using Visit = std::function<bool(const Run&)>;
    void for_each_run(const XfsInode& inode, WorkBudget& budget, const Visit& visit) const;

    /// The first `limit` bytes of the content. What is not stored reads as zeros.
    std::vector<std::byte> content(const XfsInode& inode, std::size_t limit,
                                   WorkBudget& budget) const;
    /// The text of a link, wherever it stands.
    std::string target(const XfsInode& link, WorkBudget& budget) const;

    /// Fills `out`, whole blocks of a run from its block `first` on.
    void read_blocks(const Run& run, std::uint64_t first, std::span<std::byte> out,
                     WorkBudget& budget) const;

  private:
    struct Walk;
    std::uint64_t offset_of(std::uint64_t number) const;
    XfsInode parse(std::uint64_t number, std::span<const std::byte> bytes) const;
    bool walk_root(Walk& state) const;
    bool walk_node(Walk& state, std::uint64_t block, unsigned level) const;
    bool walk_children(Walk& state, std::span<const std::byte> pointers, unsigned level) const;
    bool walk_list(Walk& state, std::span<const std::byte> list) const;
    std::vector<std::byte> read_node(const Walk& state, std::uint64_t block, unsigned level) const;
    std::string_view part_of_link(const XfsInode& link, std::span<const std::byte> bytes,
                                  std::size_t position) const;

    const Volume& volume_;
    const XfsSuperblock& super_;
};

}  // namespace kiln::formats
