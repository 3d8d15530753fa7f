#pragma once

#include <cstdint>
#include <filesystem>

#include "base/cancel.h"
#include "formats/core/check_report.h"
#include "formats/engine/converter.h"
#include "formats/source.h"

namespace kiln::formats {

/// An image with what its map adds up to.
struct ImageInfo {
    SourceInfo source;
    std::uint64_t file_size = 0;
    std::uint64_t allocated = 0;  ///< bytes on disk
    std::uint64_t data_bytes = 0;
    std::uint64_t zero_bytes = 0;
    std::uint64_t hole_bytes = 0;
};

/// Reads headers and maps, never data, and opens no other file: a backing file is named only.
ImageInfo inspect_image(const std::filesystem::path& path, OpenOptions options,
                        const CancelToken& cancel = {});

/// Checks an image against itself:
///
///     qcow2  tables in range, aligned, not overlapping; reference counts; the COPIED flags
///     vmdk   directory, tables, grain markers; every compressed grain is decoded; a stream ends
///            with its footer and end marker
///     ova    as its disk; descriptor, `ovf:size`, manifest digests
///     raw    that every byte can be read
///
/// Damage is reported; only a file that cannot be opened as its format at all makes it throw.
CheckReport check_image(const std::filesystem::path& path, OpenOptions options,
                        const ConvertOptions& work = {});

struct CompareResult {
    bool identical = true;
    bool same_size = true;  ///< disks of different sizes are identical if the rest is zero
    std::uint64_t first_difference = 0;  ///< offset of the first byte that differs
};

/// Compares what guests see. Ranges that are holes or zeros in both are not read.
CompareResult compare_images(const Source& a, const Source& b, const ConvertOptions& work = {});

}  // namespace kiln::formats
