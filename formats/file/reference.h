#pragma once

#include <string_view>

#include "formats/file/input_file.h"
#include "formats/source.h"

namespace kiln::formats {

/// A file that an image names: a backing file, a parent, the extents of a VMDK. Opening one is what
/// hostile images want (CVE-2024-32498 and its kin), so that all formats go through here.

/// A chain that is longer is a loop or an attack; qemu-img would take it, people do not make it.
constexpr unsigned kMaxChainDepth = 32;

/// Opens the file `name`, relative to the directory of `from`. Throws kiln::Error unless the
/// options allow it (`allow_backing`), it is a path and no protocol's word (`json:`, `nbd://`), and
/// it lies below one of `backing_directories` where there are some. `what` is the word for
/// messages: "the backing file".
InputFile open_reference(const InputFile& from, std::string_view name, std::string_view what,
                         const OpenOptions& options);

}  // namespace kiln::formats
