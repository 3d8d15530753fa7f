#pragma once

#include "base/cancel.h"
#include "formats/core/check_report.h"
#include "formats/file/input_file.h"

namespace kiln::formats {

/// Checks the header and every entry of the block map: places within the file, none used twice, as
/// many as the header counts. Throws Error for what is no VDI at all, or a differencing one.
void check_vdi(const InputFile& file, CheckReport& report, const CancelToken& cancel);

}  // namespace kiln::formats
