#pragma once

#include <cstdint>
#include <vector>

#include "sparse_image.h"

namespace kiln::fuzz {

/// Where the headers of a tar lie, at most 16 of them, as far as sizes can be followed.
std::vector<std::uint64_t> tar_headers(const SparseImage& image);

/// Where partitions begin, in bytes, by MBR and GPT, at most eight; a disk without a table counts
/// as one.
std::vector<std::uint64_t> partition_starts(const SparseImage& image);

/// The checksums of what lies on a disk.
void mend_disk(SparseImage& image);

}  // namespace kiln::fuzz
