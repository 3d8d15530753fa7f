#pragma once

#include "formats/file_system/ext_files.h"
#include "formats/file_system/ext_groups.h"
#include "formats/file_system/ext_inodes.h"
#include "formats/file_system/ext_superblock.h"
#include "formats/file_system/file_system.h"

namespace kiln::formats {

/// ext2, ext3 and ext4. Free blocks are those of the block bitmaps, whose checksums and counts must
/// agree; groups whose bitmap was never written have theirs computed from where metadata lies.
class ExtFileSystem : public FileSystem {
  public:
    ExtFileSystem(const Volume& volume, ExtSuperblock super);
    ExtFileSystem(const ExtFileSystem&) = delete;
    ExtFileSystem& operator=(const ExtFileSystem&) = delete;

    FileSystemInfo info() const override { return info_; }
    void for_each_free(const FreeRange& visit) const override;
    std::optional<std::string> read_file(std::string_view path, std::size_t limit) const override;
    /// Looks through at most some two million inodes, for at most five seconds.
    std::optional<std::string> owner_of(std::uint64_t offset) const override;

  private:
    std::string find_obstacle(const Volume& volume) const;
    bool multi_mount_in_use() const;
    bool journal_in_use() const;
    std::optional<std::string> name_of(const ExtInode& inode, WorkBudget& budget) const;

    ExtSuperblock super_;
    ExtGroups groups_;
    ExtInodes inodes_;
    ExtFiles files_;
    FileSystemInfo info_;
};

}  // namespace kiln::formats
