#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "formats/sink.h"

namespace kiln::formats {

struct VdiSinkOptions {
    /// `Static` gives every block its place in the order of the disk, with holes where it is zero.
    enum class Subformat { Dynamic, Static } subformat = Subformat::Dynamic;
    bool sha256 = true;
    std::vector<DigestType> digests;  ///< further ones
};

/// A VDI of blocks of 1 MiB, the one size that all readers take: header, map, then the blocks in
/// the order of the disk from a whole MiB on; pages that are zero stay holes. Memory is a window of
/// the map.
///
/// The identifiers are derived from the size and a page in every 256 KiB of the content, so that
/// the same disk gives the same file and VirtualBox can tell two disks apart.
std::unique_ptr<Sink> make_vdi_sink(const std::filesystem::path& path,
                                    const VdiSinkOptions& options = {});

}  // namespace kiln::formats
