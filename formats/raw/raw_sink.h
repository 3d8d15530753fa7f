#pragma once

#include <filesystem>
#include <memory>

#include "formats/sink.h"

namespace kiln::formats {

struct RawSinkOptions {
    /// As qemu-img's: `Falloc` reserves all blocks with fallocate(2), `Full` writes zeros too, so
    /// that no block is left that is only reserved.
    enum class Preallocation { Off, Falloc, Full } preallocation = Preallocation::Off;
    bool sha256 = true;
    std::vector<DigestType> digests;  ///< further ones
};

/// A raw image: the disk byte for byte, with holes where it is zero (4 KiB pages) unless it is
/// preallocated. The path `-` is
/// standard output, which gets the zeros written out. The digest covers the holes too, at some
/// 1.7 GB/s per thread: for huge and nearly empty disks it takes longer than the writing.
std::unique_ptr<Sink> make_raw_sink(const std::filesystem::path& path,
                                    const RawSinkOptions& options = {});

}  // namespace kiln::formats
