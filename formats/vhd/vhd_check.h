#pragma once

#include "base/cancel.h"
#include "formats/core/check_report.h"
#include "formats/file/input_file.h"
#include "formats/source.h"

namespace kiln::formats {

/// Checks the footer and its copy, the header, and every entry of the table: places within the
/// file, none used twice, bitmaps. A differencing disk's parent is looked at where the options
/// allow it. Throws Error for what is no VHD at all.
void check_vhd(const InputFile& file, CheckReport& report, const OpenOptions& options,
               const CancelToken& cancel);

}  // namespace kiln::formats
