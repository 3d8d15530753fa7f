#pragma once

#include "formats/format.h"

namespace kiln::formats {

/// The format whose magic the file has. Without any known magic: raw if the name says so or
/// `allow_raw`, else Error; an Error also, without `allow_raw`, where a `.raw` has a magic. Formats
/// that are known but not readable (LUKS, QED...) are refused by name, as taking them for raw would
/// be a mistake.
const Format& probe_format(const InputFile& file, bool allow_raw);

}  // namespace kiln::formats
