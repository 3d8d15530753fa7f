#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/source.h"

namespace kiln::formats {

/// An entry of a partition table. Offsets and lengths are in bytes of the disk.
struct Partition {
    unsigned number = 0;  ///< as Linux counts: MBR's logical partitions begin with 5
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::string type;                ///< "Linux filesystem"; the id itself when it is not known
    std::string type_id;             ///< `0x83`, or a GUID in upper case
    std::string name;                ///< GPT alone has names
    std::string guid;                ///< of the partition; GPT alone
    std::vector<std::string> flags;  ///< `active`, `esp`, `legacy-boot`, `required`
    bool container = false;          ///< an extended partition: what holds others
    bool inside = true;              ///< lies within the disk
};

/// A stretch of the disk that tables themselves lie on.
struct TableRange {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// How a disk is divided.
struct PartitionTable {
    enum class Kind { None, Mbr, Gpt };
    Kind kind = Kind::None;
    std::uint32_t sector_size = 512;
    std::string id;                     ///< the disk's GUID, or its 32-bit signature
    std::vector<Partition> partitions;  ///< as they stand in the table
    std::vector<TableRange> tables;
    /// What stands beside a GPT in a hybrid MBR: more names for the same bytes, or other bytes.
    std::vector<Partition> hybrid;
    std::string note;  ///< what is odd: "the backup was read", "a hybrid MBR"
    /// Why what the table says must not be acted on; empty when it may.
    std::string doubt;
};

/// Reads the tables of a disk: a GPT (sectors of 512 or 4096 bytes; the backup at the disk's end
/// when the first one is damaged) where a protective MBR says so, else an MBR with its logical
/// partitions. An MBR does not say how large its sectors are: they are taken as 4096 bytes where
/// only so partitions begin with something that is known, and in doubt where they do either way.
/// Kind::None for a disk without: empty, or with a file system from its first sector.
///
/// Bounded: at most 1024 entries of a GPT, 256 logical partitions, each EBR once. What is damaged
/// is said in `note` and `doubt`; throws kiln::Error only when the disk cannot be read.
PartitionTable read_partition_table(const Source& disk);

}  // namespace kiln::formats
