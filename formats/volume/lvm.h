#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/file_system/volume.h"
#include "formats/volume/lvm_label.h"

namespace kiln::formats {

/// A physical volume that was found on a disk, and where.
struct LvmPhysicalVolume {
    std::uint64_t disk_offset = 0;
    std::uint64_t length = 0;
    LvmLabel label;
};

struct LvmLogicalVolume {
    std::string name;
    std::uint64_t size = 0;
    std::vector<Volume::Segment> segments;  ///< of the disk; empty when `left_alone` says why
    std::string left_alone;
};

/// A volume group as far as one disk holds it.
struct LvmGroup {
    std::string name;
    std::string uuid;
    std::uint64_t size = 0;
    std::uint64_t free = 0;
    std::vector<LvmLogicalVolume> volumes;
    /// Extents of the physical volumes on this disk that no logical volume uses. Known only where
    /// the whole group consists of linear and striped volumes.
    std::vector<Volume::Segment> free_extents;
    std::string left_alone;  ///< why nothing of the group may be touched; empty when it may
};

/// The groups that physical volumes of one disk make up. Linear and striped logical volumes whose
/// physical volumes are all here become segments; thin pools, snapshots and their origins, mirrors,
/// RAID, caches, and what misses a physical volume, are named with the reason why they are left
/// alone. Groups come in the order of their first physical volume.
///
/// Bounded: 65536 segments per logical volume (4 GiB in stripes of 64 KiB), 262144 segments
/// and 4096 logical volumes per group.
/// Throws kiln::Error for a text that cannot be read.
std::vector<LvmGroup> read_lvm_groups(const std::vector<LvmPhysicalVolume>& physical_volumes);

}  // namespace kiln::formats
