#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "formats/file_system/volume.h"

namespace kiln::formats {

/// Where things lie on a FAT volume, from its boot sector; checked, so that all of it is within the
/// file system's `size()` (not within the volume: see there).
struct FatBootSector {
    /// Nothing when the first sector does not describe a FAT volume. Throws kiln::Error when it
    /// does and cannot be true.
    static std::optional<FatBootSector> read(const Volume& volume);

    unsigned bits = 0;  ///< of an entry of the table: 12, 16 or 32
    std::uint32_t sector_size = 0;
    std::uint32_t cluster_size = 0;
    std::uint64_t sectors = 0;
    std::uint32_t clusters = 0;  ///< numbered from 2 on
    unsigned tables = 0;
    std::uint64_t table_offset = 0;
    std::uint64_t table_size = 0;    ///< bytes of one table
    std::uint64_t root_offset = 0;   ///< of the root directory; 32 bits: 0
    std::uint64_t root_size = 0;     ///< 32 bits: 0
    std::uint64_t data_offset = 0;   ///< of cluster 2
    std::uint32_t root_cluster = 0;  ///< 32 bits
    bool mirrored = true;            ///< all tables are kept alike
    std::uint8_t media = 0;
    std::uint8_t state = 0;  ///< Windows and Linux: bit 0 is set while mounted, bit 1 after errors
    std::string label;       ///< of the boot sector: the one in the root directory comes first
    std::string uuid;

    std::uint64_t size() const { return sectors * sector_size; }
    std::uint64_t offset_of(std::uint32_t cluster) const {
        return data_offset + std::uint64_t{cluster - 2} * cluster_size;
    }
    bool is_cluster(std::uint32_t number) const { return number >= 2 && number - 2 < clusters; }
};

/// A label of a boot sector or a directory: without the spaces that fill it up.
std::string fat_label(std::span<const std::byte> bytes);

}  // namespace kiln::formats
