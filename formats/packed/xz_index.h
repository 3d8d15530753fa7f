#pragma once

#include <cstdint>

#include "base/cancel.h"
#include "formats/file/input_file.h"

namespace kiln::formats {

/// The plain size of an .xz file, from the indexes at the ends of its streams (the format's
/// specification, 1.1.0, section 4). Also walks along the blocks without decoding them: they must
/// be what the index says, and none may need a dictionary of more than 128 MiB. Throws Error when
/// the structure is damaged, Cancelled.
std::uint64_t xz_plain_size(const InputFile& file, const CancelToken& cancel);

}  // namespace kiln::formats
