#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "formats/compress.h"
#include "formats/sink.h"

namespace kiln::formats {

struct GcpOptions {
    Speed speed = Speed::Balanced;
    /// Google Compute Engine takes disks of whole GiB only: the disk is made longer by zeros.
    bool round_to_gib = true;
    bool sha256 = true;
    std::vector<DigestType> digests = {};  ///< further ones
};

/// A `.tar.gz` for Google Compute Engine: GNU tar's old format with the only member `disk.raw`,
/// inside of one gzip member. Everything is written front to back, so that the path may be `-`.
/// Zeros are deflated, at about a thousandth, and not left out: the map of a sparse member would
/// stand before what it tells of.
std::unique_ptr<Sink> make_gcp_sink(const std::filesystem::path& path,
                                    const GcpOptions& options = {});

}  // namespace kiln::formats
