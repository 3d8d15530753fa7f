#pragma once

#include "formats/core/check_report.h"
#include "formats/engine/converter.h"
#include "formats/source.h"

namespace kiln::formats {

/// Reads and decodes all of a disk in parallel and keeps nothing. The first block that cannot be
/// read is reported as a corruption. Throws Cancelled.
void read_all(const Source& source, const ConvertOptions& work, CheckReport& report);

}  // namespace kiln::formats
