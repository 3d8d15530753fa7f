#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "formats/engine/converter.h"
#include "formats/source.h"

namespace kiln::formats {

/// Digests of what a guest sees, the same for a disk whatever its format.
struct HashResult {
    std::uint64_t virtual_size = 0;
    std::uint64_t data_bytes = 0;  ///< what was read; the rest is hashed as zeros without a read
    std::string sha256;
    std::vector<FileDigest> digests;  ///< the further ones that were asked for
};

/// Reads and decodes in parallel and hashes in order, each digest in a thread of its own. Throws
/// Error where the source does, and Cancelled.
HashResult hash_source(const Source& source, std::span<const DigestType> further = {},
                       const ConvertOptions& options = {});

}  // namespace kiln::formats
