#pragma once

#include "formats/file_system/file_system.h"
#include "formats/file_system/xfs_files.h"
#include "formats/file_system/xfs_free_space.h"
#include "formats/file_system/xfs_inodes.h"
#include "formats/file_system/xfs_superblock.h"

namespace kiln::formats {

/// XFS with its log inside. Free blocks are those of the allocation groups' trees.
class XfsFileSystem : public FileSystem {
  public:
    XfsFileSystem(const Volume& volume, XfsSuperblock super);
    XfsFileSystem(const XfsFileSystem&) = delete;
    XfsFileSystem& operator=(const XfsFileSystem&) = delete;

    FileSystemInfo info() const override { return info_; }
    void for_each_free(const FreeRange& visit) const override;
    std::optional<std::string> read_file(std::string_view path, std::size_t limit) const override;

  private:
    const Volume& volume_;
    XfsSuperblock super_;
    XfsFreeSpace free_space_;
    XfsInodes inodes_;
    XfsFiles files_;
    FileSystemInfo info_;
};

}  // namespace kiln::formats
