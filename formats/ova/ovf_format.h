#pragma once

#include "formats/format.h"

namespace kiln::formats {

/// An OVF package in a directory: `NAME.ovf` beside its disks. Only read; the disks are files that
/// are named inside an image, and so are only opened when `OpenOptions::allow_backing` says so, and
/// only in the descriptor's own directory.
extern const Format kOvfFormat;

}  // namespace kiln::formats
