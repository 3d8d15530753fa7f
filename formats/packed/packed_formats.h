#pragma once

#include "formats/format.h"

namespace kiln::formats {

/// Raw disks in one compressed file: `raw.gz`, `raw.xz`, `raw.zst`, `raw.bz2`, `raw.zip` (a zip
/// archive with one file in it). Only read, and only from front to back: nothing is unpacked to a
/// scratch file. Where the file does not tell how long the disk is (gzip, bzip2, zstd from a pipe)
/// opening it decodes it once to count.
///
/// What is inside must be a raw disk. If it begins as another format does, it is refused, unless
/// the format was given by name: a guest can write any header into its disk.
extern const Format kRawGzFormat;
extern const Format kRawXzFormat;
extern const Format kRawZstFormat;
extern const Format kRawBz2Format;
extern const Format kRawZipFormat;

}  // namespace kiln::formats
