#pragma once

#include "base/cancel.h"
#include "formats/core/check_report.h"
#include "formats/file/input_file.h"
#include "formats/source.h"

namespace kiln::formats {

/// Checks both headers and region tables, the log, the metadata, and every entry of the block
/// allocation table: places within the file, none used twice, states that fit the kind of disk. A
/// log that waits is replayed in memory and noted. A differencing disk's parent is looked at where
/// the options allow it. Throws Error for what is no VHDX at all.
void check_vhdx(const InputFile& file, CheckReport& report, const OpenOptions& options,
                const CancelToken& cancel);

}  // namespace kiln::formats
