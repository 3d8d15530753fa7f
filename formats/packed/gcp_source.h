#pragma once

#include <memory>

#include "formats/file/input_file.h"
#include "formats/source.h"

namespace kiln::formats {

/// Whether the file is a tar archive, compressed or not, whose first file is `disk.raw`.
bool is_gcp_archive(const InputFile& file);

/// The disk in such an archive, read from front to back. The map of a sparse member (`tar -S`) is
/// known from its header, so that its holes are not decoded. Throws Error when something else than
/// `disk.raw` is in the archive: a late member is only met at the end of the reading.
std::unique_ptr<Source> open_gcp(InputFile file, const OpenOptions& options);

}  // namespace kiln::formats
