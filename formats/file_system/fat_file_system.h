#pragma once

#include <functional>

#include "formats/file_system/fat_boot_sector.h"
#include "formats/file_system/file_system.h"

namespace kiln::formats {

/// FAT12, FAT16 and FAT32. Free clusters are those whose entry is 0 in a table that all its copies
/// agree with; the count in the FSInfo sector is not looked at. Files are not read.
class FatFileSystem : public FileSystem {
  public:
    FatFileSystem(const Volume& volume, FatBootSector boot);

    FileSystemInfo info() const override { return info_; }
    void for_each_free(const FreeRange& visit) const override;

  private:
    struct Table {
        std::uint64_t free = 0;   // clusters
        std::uint32_t media = 0;  // its entry 0
        std::uint32_t flags = 0;  // its entry 1
        bool root_in_use = true;
        bool sound = true;  // no entry leads beyond the last cluster
    };

    using EntryVisit = std::function<void(std::uint32_t cluster, std::uint32_t value)>;
    void for_each_entry(const EntryVisit& visit) const;
    Table read_table() const;
    std::string find_obstacle(const Table& table) const;
    bool copies_differ() const;
    std::string root_label() const;
    std::uint32_t entry(std::uint32_t cluster) const;

    const Volume& volume_;
    FatBootSector boot_;
    FileSystemInfo info_;
};

}  // namespace kiln::formats
