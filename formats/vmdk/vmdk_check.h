#pragma once

#include "formats/core/check_report.h"
#include "formats/engine/converter.h"
#include "formats/file/input_file.h"

namespace kiln::formats {

/// Checks a VMDK of any kind: directories, tables and grains lie within their file and not over
/// each other; redundant tables are equal to the primary ones; the embedded descriptor agrees with
/// the header; a stream is walked from its first marker to the end-of-stream marker; every grain is
/// read, and decoded where it is compressed.
///
/// The extent files of a descriptor are checked where the options allow to open them; if not, a
/// note says so. Parents are not opened.
void check_vmdk(const InputFile& file, CheckReport& report, const ConvertOptions& work,
                const OpenOptions& options = {});

}  // namespace kiln::formats
