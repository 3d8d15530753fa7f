#pragma once

#include "formats/converter.h"
#include "formats/input_file.h"
#include "formats/inspect.h"

namespace kiln::formats {

/// As `check_package`, and that the members stand in the standard's order.
void check_ova(const InputFile& file, CheckReport& report, const OpenOptions& options,
               const ConvertOptions& work);

}  // namespace kiln::formats
