#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "formats/file_system/volume.h"

namespace kiln::formats {

/// What an LVM2 physical volume says of itself: its label, and the text of its volume group where
/// it keeps one.
struct LvmLabel {
    std::string uuid;  ///< 32 characters, without hyphens
    std::uint64_t size = 0;
    std::string text;  ///< empty: it keeps no metadata, or belongs to no group
};

/// Nothing when the volume is no physical volume. Throws kiln::Error when it is one and label,
/// metadata area or text are damaged (each has a CRC) or the text is longer than 1 MiB.
std::optional<LvmLabel> read_lvm_label(const Volume& volume);

}  // namespace kiln::formats
