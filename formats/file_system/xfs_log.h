#pragma once

#include "formats/file_system/volume.h"
#include "formats/file_system/xfs_superblock.h"

namespace kiln::formats {

/// Whether the internal log ends with the record that an unmount writes, so that nothing in it
/// waits to be replayed. Reads the log once from end to end, a chunk at a time.
bool xfs_log_is_clean(const Volume& volume, const XfsSuperblock& super);

}  // namespace kiln::formats
