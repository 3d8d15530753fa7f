#pragma once

#include "formats/converter.h"
#include "formats/input_file.h"
#include "formats/inspect.h"

namespace kiln::formats {

/// Checks tables and markers, decodes every compressed grain, and walks a stream from its first
/// marker to the end-of-stream marker.
void check_vmdk(const InputFile& file, CheckReport& report, const ConvertOptions& work);

}  // namespace kiln::formats
