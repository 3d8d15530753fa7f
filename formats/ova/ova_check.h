#pragma once

#include "formats/core/check_report.h"
#include "formats/engine/converter.h"
#include "formats/file/input_file.h"

namespace kiln::formats {

/// As `check_package`, and that the members stand in the standard's order.
void check_ova(const InputFile& file, CheckReport& report, const OpenOptions& options,
               const ConvertOptions& work);

}  // namespace kiln::formats
