#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "formats/sink.h"

namespace kiln::formats {

struct VhdxSinkOptions {
    /// `Fixed` gives every block its place in the order of the disk; the file is as long as the
    /// disk, with holes where it is zero.
    enum class Subformat { Dynamic, Fixed } subformat = Subformat::Dynamic;
    /// A power of two, 1 MiB to 256 MiB. 0 chooses: 1 MiB up to a disk of 1 TiB, and beyond so much
    /// that the block allocation table stays below 8 MiB. A block of which one byte is stored takes
    /// its whole size in the file, so that small blocks make small files (and Microsoft's own
    /// advice for Linux guests is 1 MiB); the tools' usual 8 to 32 MiB spare a table that is small
    /// already.
    std::uint64_t block_size = 0;
    /// Room for the log of whoever writes to the disk later; rounded up to 1 MiB. 0: 1 MiB.
    std::uint64_t log_size = 0;
    /// How blocks of zeros are recorded: as zeros, or as not present, whose content the
    /// specification leaves open (Hyper-V and QEMU read zeros).
    bool block_state_zero = true;
    bool sha256 = true;
    std::vector<DigestType> digests;  ///< further ones
};

/// A VHDX without a parent, its log empty. Layout: headers, log, metadata, block allocation table,
/// then the blocks in the order of the disk, of which pages that are zero stay holes. Memory is a
/// window of the table, whatever the size of the disk.
///
/// The identifiers are derived from the size of the disk and from a page in every 256 KiB of its
/// content: the same disk gives the same file, and two disks beside each other in one guest are
/// told apart. They and the table are known at the end only, so that digests read the finished file
/// back.
std::unique_ptr<Sink> make_vhdx_sink(const std::filesystem::path& path,
                                     const VhdxSinkOptions& options = {});

}  // namespace kiln::formats
