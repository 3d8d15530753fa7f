#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "formats/sink.h"

namespace kiln::formats {

struct VhdSinkOptions {
    /// `Fixed` is the disk byte for byte with a footer behind it, and can go to a pipe.
    enum class Subformat { Dynamic, Fixed } subformat = Subformat::Dynamic;
    /// The disk's size is rounded up to a multiple of this: a multiple of 512. Azure wants fixed
    /// disks of whole MiB: `subformat=fixed,align=1M`.
    std::uint64_t align = 512;
    /// Keeps the size, which every reader finds in the footer. Otherwise it is rounded up to what
    /// the footer's geometry can express, as old readers that know nothing else want it.
    bool force_size = true;
    bool sha256 = true;
    std::vector<DigestType> digests;  ///< further ones
};

/// A VHD without a parent. A dynamic one: copy of the footer, header, table, then blocks of 2 MiB
/// in the order of the disk, each at a page boundary with its bitmap right before it; pages that
/// are zero stay holes. Memory is a window of the table.
///
/// The footer names Windows as the creator: of other creators QEMU believes the geometry, which
/// would cut the disk. Its identifier is derived from the size and a page in every 256 KiB of the
/// content, and its time is 0: the same disk gives the same file.
std::unique_ptr<Sink> make_vhd_sink(const std::filesystem::path& path,
                                    const VhdSinkOptions& options = {});

}  // namespace kiln::formats
