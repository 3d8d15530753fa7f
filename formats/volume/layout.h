#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/file_system/file_system.h"
#include "formats/file_system/volume.h"
#include "formats/source.h"

namespace kiln::formats {

/// `content` of a partition whose volumes stand with their group.
constexpr std::string_view kPhysicalVolume = "LVM2 member";

/// A part of a disk, for `kiln image info`, for thinning and for naming what a byte belongs to.
///
///     disk
///     ├── partition 1        EFI system        vfat "ESP"
///     ├── extended partition 2
///     ├── partition 5        Linux LVM         LVM2 member
///     └── volume group vg
///         ├── logical volume root              ext4    Debian GNU/Linux 12
///         └── logical volume pool              left alone: it is of type thin-pool
struct LayoutNode {
    enum class Kind {
        Disk,
        Partition,
        Extended,     ///< a partition that only holds others
        Gap,          ///< more than 1 MiB between partitions; boot loaders may live there
        VolumeGroup,  ///< as far as its physical volumes are on this disk
        LogicalVolume,
    };
    Kind kind = Kind::Disk;
    unsigned number = 0;       ///< of a partition
    std::string name;          ///< of a GPT partition, a volume group, a logical volume
    std::uint64_t offset = 0;  ///< on the disk; of a logical volume its first segment's
    std::uint64_t length = 0;
    std::string type;  ///< of a disk its table (`gpt`, `mbr`), of a partition what its type means
    std::string type_id;  ///< the id in the table: `0x83` or a GUID
    std::string uuid;     ///< of the table, the partition, the volume group
    std::vector<std::string> flags;
    /// What it holds when that is no file system kiln reads: `LUKS`, `LVM2 member`, `unknown`.
    std::string content;
    std::optional<FileSystemInfo> file_system;
    std::string os;    ///< of a root file system its PRETTY_NAME, or `Windows`
    std::string note;  ///< what is odd, or why it could not be read
    /// Why nothing in it may be dropped; empty when its file system alone decides.
    std::string left_alone;
    /// Where its bytes lie. Empty for what is only a frame, and for what is left alone unread.
    std::vector<Volume::Segment> segments;
    std::vector<Volume::Segment> free_extents;  ///< of a volume group
    std::vector<LayoutNode> children;
};

/// The word for people: `partition`, `logical volume`.
std::string_view kind_name(LayoutNode::Kind kind);
/// `partition 2`, `logical volume vg/root`, `disk`.
std::string title_of(const LayoutNode& node, const LayoutNode* parent = nullptr);

/// What lies on a disk, as a tree with the disk at its root. Reads tables and headers, never maps
/// of free blocks. Damage is said in `note`, and what is damaged, ambiguous or overlapping gets
/// `left_alone`; throws kiln::Error only when the disk cannot be read at all.
/// Bounded as partition_table.h and lvm.h say; one thread at a time.
LayoutNode read_layout(const Source& disk);

/// What the byte at `offset` of the disk belongs to: `partition 2: /etc/hostname`,
/// `logical volume vg/root: [free]`, `partition 1`, `between partitions`. Bounded as
/// FileSystem::owner_of.
std::string describe_offset(const Source& disk, const LayoutNode& layout, std::uint64_t offset);

}  // namespace kiln::formats
