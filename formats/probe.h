#pragma once

#include <optional>
#include <string>

#include "formats/input_file.h"
#include "formats/source.h"

namespace kiln::formats {

/// What the file's first bytes say: qcow2, sparse VMDK or OVA (a tar whose first entry is an
/// `.ovf`). Without any known magic: raw if `allow_raw`, else Error. Formats that are known but not
/// readable (VHD, VHDX, VDI, LUKS, compressed files, text descriptors) are refused by name, as
/// taking them for raw would be a mistake.
Format probe_format(const InputFile& file, bool allow_raw);

}  // namespace kiln::formats
