#pragma once

#include <memory>

#include "formats/file/input_file.h"
#include "formats/source.h"

namespace kiln::formats {

/// The file's bytes are the disk's. Holes are those of the file system (SEEK_HOLE).
std::unique_ptr<Source> make_raw_source(InputFile file);

}  // namespace kiln::formats
