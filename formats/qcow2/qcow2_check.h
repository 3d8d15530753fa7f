#pragma once

#include "base/cancel.h"
#include "formats/core/check_report.h"
#include "formats/file/input_file.h"

namespace kiln::formats {

/// Walks all tables and compares the references found with the counts in the file. Reads metadata
/// only. Memory: 4 bytes per cluster of the file; files of more than 2^25 clusters are refused.
void check_qcow2(const InputFile& file, CheckReport& report, const CancelToken& cancel);

}  // namespace kiln::formats
