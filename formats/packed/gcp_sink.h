#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <vector>

#include "formats/codec/compress.h"
#include "formats/packed/sparse_map.h"
#include "formats/sink.h"

namespace kiln::formats {

struct GcpOptions {
    Speed speed = Speed::Balanced;
    /// Google Compute Engine takes disks of whole GiB only: the disk is made longer by zeros.
    bool round_to_gib = true;
    /// Leaves holes out, as `tar --format=oldgnu -Sczf` does, which Google's documentation asks
    /// for. Otherwise all zeros are deflated, at about a thousandth.
    bool sparse = true;
    bool sha256 = true;
    std::vector<DigestType> digests = {};  ///< further ones
    std::size_t most_runs = SparseMap::kLimit;
};

/// A `.tar.gz` for Google Compute Engine: GNU tar's old format with the only member `disk.raw`,
/// inside of one gzip member. The path may be `-`.
///
/// A sparse member's map stands before the data it tells of. So the deflated data wait in a
/// temporary file without a name, beside the output (in TMPDIR for `-`), until all is known:
/// twice the room is needed while it is written. A disk without holes gets a regular member. A hole
/// is a stretch of at least 64 KiB of zeros. Without `sparse` all goes straight to the output.
std::unique_ptr<Sink> make_gcp_sink(const std::filesystem::path& path,
                                    const GcpOptions& options = {});

}  // namespace kiln::formats
