#pragma once

#include <string_view>

#include "formats/file_system/volume.h"

namespace kiln::formats {

/// The name of what a volume holds when that is something kiln knows by its magic alone and never
/// touches: encryption, members of arrays, file systems that it does not read. Empty when it is
/// none of them.
///
/// Asked before any file system: the members of a RAID 1 whose superblock lies at the end begin
/// just as the file system on it does.
std::string_view untouched_content(const Volume& volume);

/// Whether a volume holds something that kiln knows, read or not, whole or damaged.
bool is_recognized(const Volume& volume);

}  // namespace kiln::formats
