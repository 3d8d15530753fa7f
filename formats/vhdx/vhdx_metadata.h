#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/vhdx/vhdx_file.h"
#include "formats/vhdx/vhdx_regions.h"

namespace kiln::formats::vhdx {

/// How a differencing disk finds the disk below it.
struct ParentLocator {
    std::vector<std::pair<std::string, std::string>> entries;

    /// Empty when there is none.
    std::string_view find(std::string_view key) const;
    /// Whether the parent that the child was made over has this identity.
    bool links(const Guid& data_write) const;
    /// The parent's path as the image has it, for people.
    std::string_view shown_path() const;
    /// The same as a path relative to the child's directory. Windows' volumes and drives are not
    /// here; of such a path only the file's name is taken. Empty when no path is named.
    std::string relative_path() const;
};

/// The metadata table with its items.
struct Metadata {
    std::uint32_t block_size = 0;
    bool leave_blocks_allocated = false;  ///< a fixed disk
    bool has_parent = false;
    std::uint64_t disk_size = 0;
    Guid disk_id;
    std::uint32_t logical_sector = 512;
    std::uint32_t physical_sector = 4096;
    std::optional<ParentLocator> parent;

    Geometry geometry() const { return {disk_size, block_size, logical_sector}; }
    /// The region's first bytes, for a disk without a parent.
    std::vector<std::byte> encode() const;
    /// Throws Error for items that are missing, out of their range, or required and not known.
    static Metadata decode(const VhdxFile& file, const Region& region);
};

}  // namespace kiln::formats::vhdx
