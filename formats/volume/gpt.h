#pragma once

#include <optional>

#include "formats/volume/partition_table.h"

namespace kiln::formats {

/// The GUID partition table of a disk: the primary one if it is whole, else the backup in the last
/// sector. Nothing when there is neither. `damage` tells of a header that was there and not whole.
struct Gpt {
    std::optional<PartitionTable> table;
    std::string damage;
};
Gpt read_gpt(const Source& disk);

}  // namespace kiln::formats
