#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "formats/converter.h"
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

/// What `check` found. `corruptions` make the disk read wrong, `leaks` only waste space.
struct CheckReport {
    std::string format;
    std::uint64_t corruptions = 0;
    std::uint64_t leaks = 0;
    std::vector<std::string> problems;  ///< the first `kMaxProblems`, whole sentences
    std::vector<std::string> notes;     ///< what could not be judged, and why

    bool clean() const { return corruptions == 0 && leaks == 0; }
    void corruption(std::string problem);
    void leak(std::string problem);
    /// The same for damage that may come millions of times: words are made while they are listed.
    template <std::invocable Words>
    void corruption(const Words& words) {
        lists_more() ? corruption(std::string(words())) : static_cast<void>(++corruptions);
    }
    bool lists_more() const { return problems.size() < kMaxProblems; }

    static constexpr std::size_t kMaxProblems = 100;
};

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
