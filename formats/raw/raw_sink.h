#pragma once

#include <filesystem>
#include <memory>

#include "formats/sink.h"

namespace kiln::formats {

struct RawSinkOptions {
    bool preallocate = false;  ///< reserve all blocks with fallocate(2)
    bool sha256 = true;
};

/// A raw image: the disk byte for byte, with holes where it is zero (4 KiB pages). The path `-` is
/// standard output, which gets the zeros written out. The digest covers the holes too, at some
/// 1.7 GB/s per thread: for huge and nearly empty disks it takes longer than the writing.
std::unique_ptr<Sink> make_raw_sink(const std::filesystem::path& path,
                                    const RawSinkOptions& options = {});

}  // namespace kiln::formats
