#pragma once

#include "formats/format.h"

namespace kiln::formats {

/// The format whose magic the file has. Without any known magic: raw if `allow_raw`, else Error.
/// Formats that are known but not readable (LUKS, QED...) are refused by name, as taking them for
/// raw would be a mistake.
const Format& probe_format(const InputFile& file, bool allow_raw);

}  // namespace kiln::formats
