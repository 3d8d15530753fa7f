#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "formats/file_system/xfs_inodes.h"

namespace kiln::formats {

/// The names of XFS. Directories are read from end to end, as far as names go: the index behind
/// them is not needed to find one. One thread at a time. Errors as XfsInodes.
class XfsFiles {
  public:
    XfsFiles(const XfsSuperblock& super, const XfsInodes& inodes)
        : super_(super), inodes_(inodes) {}

    /// The file that an absolute path leads to; nothing when there is none.
    std::optional<XfsInode> find(std::string_view path, WorkBudget& budget) const;

    struct Entry {
        std::uint64_t inode = 0;
        std::string_view name;
    };
    /// Calls `visit` for each name, `.` and `..` included, until it says false.
    using Visit = std::function<bool(const Entry&)>;
    void for_each_entry(const XfsInode& directory, WorkBudget& budget, const Visit& visit) const;

  private:
    std::optional<std::uint64_t> lookup(const XfsInode& directory, std::string_view name,
                                        WorkBudget& budget) const;
    void visit_short(const XfsInode& directory, const Visit& visit) const;
    void visit_blocks(const XfsInode& directory, WorkBudget& budget, const Visit& visit) const;
    bool visit_block(const XfsInode& directory, std::span<const std::byte> block,
                     const Visit& visit) const;
    /// What of a block are names, after it was found to be one of the directory.
    std::span<const std::byte> names_in(const XfsInode& directory,
                                        std::span<const std::byte> block) const;

    const XfsSuperblock& super_;
    const XfsInodes& inodes_;
};

}  // namespace kiln::formats
