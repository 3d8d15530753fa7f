#pragma once

#include "base/cancel.h"
#include "formats/input_file.h"
#include "formats/inspect.h"

namespace kiln::formats {

/// Walks all tables and compares the references found with the counts in the file. Reads metadata
/// only. Memory: 4 bytes per cluster of the file; files of more than 2^25 clusters are refused.
void check_qcow2(const InputFile& file, CheckReport& report, const CancelToken& cancel);

}  // namespace kiln::formats
