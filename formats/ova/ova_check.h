#pragma once

#include "formats/converter.h"
#include "formats/input_file.h"
#include "formats/inspect.h"

namespace kiln::formats {

/// Checks that the descriptor names every disk with its exact size, that the manifest names every
/// other member with its SHA-256 (or SHA-1), and each disk on its own.
void check_ova(const InputFile& file, CheckReport& report, const ConvertOptions& work);

}  // namespace kiln::formats
