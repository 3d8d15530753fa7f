#pragma once

#include <memory>

#include "formats/file/input_file.h"
#include "formats/packed/byte_stream.h"

namespace kiln::formats {

/// Decoders of libarchive: for what no faster library of ours reads.
enum class ArchiveFilter { Bzip2, Xz };

/// A bzip2 or xz file of any number of streams. Exactly one layer is decoded: what is inside
/// stays as it is.
std::unique_ptr<ByteStream> make_filter_stream(InputFile file, ArchiveFilter filter);

}  // namespace kiln::formats
