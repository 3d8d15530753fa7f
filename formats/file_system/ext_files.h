#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "formats/file_system/ext_inodes.h"

namespace kiln::formats {

/// The names of an ext file system: directories read from end to end (an index in them looks like
/// an entry that is not in use), links followed. One thread at a time.
class ExtFiles {
  public:
    static constexpr std::uint32_t kRoot = 2;

    ExtFiles(const ExtSuperblock& super, const ExtInodes& inodes)
        : super_(super), inodes_(inodes) {}

    /// The file that an absolute path leads to; nothing when there is none.
    std::optional<ExtInode> find(std::string_view path, WorkBudget& budget) const;

    struct Entry {
        std::uint32_t inode = 0;
        std::string_view name;
    };
    /// Calls `visit` for each name, `.` and `..` included, until it says false; tells whether it
    /// did.
    bool for_each_entry(const ExtInode& directory, WorkBudget& budget,
                        const std::function<bool(const Entry&)>& visit) const;

    std::optional<std::uint32_t> lookup(const ExtInode& directory, std::string_view name,
                                        WorkBudget& budget) const;

    /// The path of an inode, by looking through the directories of all groups from its own on for
    /// its name. Nothing when no name leads to it.
    std::optional<std::string> path_of(std::uint32_t inode, WorkBudget& budget) const;

  private:
    std::optional<std::pair<ExtInode, std::string>> parent_of(std::uint32_t inode,
                                                              WorkBudget& budget) const;
    std::optional<std::string> name_in(const ExtInode& directory, std::uint32_t inode,
                                       WorkBudget& budget) const;

    const ExtSuperblock& super_;
    const ExtInodes& inodes_;
};

}  // namespace kiln::formats
