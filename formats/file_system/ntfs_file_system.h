#pragma once

#include "formats/file_system/file_system.h"
#include "formats/file_system/ntfs_records.h"

namespace kiln::formats {

/// NTFS 1.2 to 3.1. Free clusters are those of $Bitmap, on a volume that neither its flags nor its
/// log nor a hibernated Windows call for more. Files are not read, names are.
class NtfsFileSystem : public FileSystem {
  public:
    NtfsFileSystem(const Volume& volume, NtfsBootSector boot);
    NtfsFileSystem(const NtfsFileSystem&) = delete;
    NtfsFileSystem& operator=(const NtfsFileSystem&) = delete;

    FileSystemInfo info() const override { return info_; }
    void for_each_free(const FreeRange& visit) const override;
    std::string system_by_names() const override;

  private:
    NtfsStream required(std::uint64_t record, NtfsRecords::Type type) const;
    std::string find_obstacle() const;
    bool log_is_clean() const;
    bool is_hibernated() const;
    /// The files that go by a name in a directory; none when it is no directory.
    std::vector<std::uint64_t> find(std::uint64_t directory, std::string_view name) const;
    void check_metadata_is_used(std::uint64_t first, std::uint64_t count) const;
    void for_each_run(const std::function<void(std::uint64_t, std::uint64_t)>& visit) const;

    NtfsBootSector boot_;
    NtfsRecords records_;
    NtfsStream bitmap_;
    std::vector<NtfsRun> metadata_;  // ascending
    FileSystemInfo info_;
};

}  // namespace kiln::formats
