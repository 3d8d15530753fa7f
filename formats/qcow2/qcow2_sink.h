#pragma once

#include <filesystem>
#include <memory>

#include "formats/codec/compress.h"
#include "formats/sink.h"

namespace kiln::formats {

struct Qcow2SinkOptions {
    unsigned version = 3;  ///< 2 (compat 0.10) or 3 (compat 1.1)
    std::uint32_t cluster_size = 65536;
    enum class Compression { None, Zlib, Zstd } compression = Compression::None;
    Speed speed = Speed::Balanced;
    DeflateWindow window = DeflateWindow::Strict;
    bool lazy_refcounts = false;
    /// L2 entries with a bitmap of 32 subclusters, of which those that are zero are not stored.
    /// Needs clusters of 16 KiB or more.
    bool extended_l2 = false;
    bool sha256 = true;
    std::vector<DigestType> digests;  ///< further ones
};

/// A compact qcow2: only clusters that are not zero, no backing file, no snapshots. Layout: header,
/// L1 table and refcount table at fixed places sized for the worst case, then clusters in the order
/// of the disk with each L2 table and refcount block behind what it describes. Memory is one L2
/// table and the refcounts of a few thousand clusters, whatever the size of the disk.
///
/// The header's tables are known at the end only, and SHA-256 runs from the front; so the digest is
/// taken by reading the finished file back (from the page cache as a rule). `sha256 = false` spares
/// that.
std::unique_ptr<Sink> make_qcow2_sink(const std::filesystem::path& path,
                                      const Qcow2SinkOptions& options = {});

}  // namespace kiln::formats
