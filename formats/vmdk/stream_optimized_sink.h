#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/digest.h"
#include "formats/codec/compress.h"
#include "formats/sink.h"

namespace kiln::formats {

struct StreamOptimizedOptions {
    std::string adapter_type = "lsilogic";  ///< for the descriptor's ddb.adapterType
    unsigned hardware_version = 4;          ///< ddb.virtualHWVersion
    Speed speed = Speed::Balanced;
    bool sha256 = true;
    std::vector<DigestType> digests = {};  ///< further ones, in the same pass
};

/// A streamOptimized VMDK (VMware Virtual Disk Format 5.0, "Stream-Optimized Compressed Sparse
/// Extents"): grains of 64 KiB in zlib streams, tables behind what they describe, a footer, and the
/// end-of-stream marker as the last sector of the file. Written strictly front to back, digest in
/// the same pass; the path `-` is standard output. The content ID is derived from the disk's size
/// and not random, so that the same disk gives the same file.
std::unique_ptr<Sink> make_stream_optimized_sink(const std::filesystem::path& path,
                                                 const StreamOptimizedOptions& options = {});

}  // namespace kiln::formats
