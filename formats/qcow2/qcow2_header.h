#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "formats/file/input_file.h"
#include "formats/source.h"

namespace kiln::formats {

/// The header of a qcow2 file with its extensions (QEMU, docs/interop/qcow2.txt, "Header" and
/// "Header extensions"). Big endian in the file.
struct Qcow2Header {
    static constexpr std::uint32_t kMagic = 0x514649fb;  // "QFI\xfb"

    static constexpr std::uint64_t kDirty = 1U << 0;
    static constexpr std::uint64_t kCorrupt = 1U << 1;
    static constexpr std::uint64_t kDataFile = 1U << 2;
    static constexpr std::uint64_t kCompressionType = 1U << 3;
    static constexpr std::uint64_t kExtendedL2 = 1U << 4;
    static constexpr std::uint64_t kBitmapsValid = 1U << 0;   // of the autoclear features
    static constexpr std::uint64_t kLazyRefcounts = 1U << 0;  // of the compatible features

    std::uint32_t version = 3;
    std::uint32_t cluster_bits = 16;
    std::uint64_t size = 0;
    std::uint32_t l1_size = 0;
    std::uint64_t l1_offset = 0;
    std::uint64_t refcount_table_offset = 0;
    std::uint32_t refcount_table_clusters = 0;
    std::uint32_t snapshot_count = 0;
    std::uint64_t snapshots_offset = 0;
    std::uint64_t incompatible = 0;
    std::uint64_t compatible = 0;
    std::uint64_t autoclear = 0;
    std::uint32_t refcount_order = 4;
    std::uint8_t compression_type = 0;  ///< 0 zlib, 1 zstd
    std::string backing_name;
    std::string backing_format;
    /// The bitmap directory; no bitmaps: all 0.
    std::uint32_t bitmap_count = 0;
    std::uint64_t bitmap_directory_size = 0;
    std::uint64_t bitmap_directory_offset = 0;

    bool has_bitmaps() const { return bitmap_count != 0; }
    std::uint64_t cluster_size() const { return std::uint64_t{1} << cluster_bits; }
    bool extended_l2() const { return (incompatible & kExtendedL2) != 0; }
    std::uint64_t l2_entry_size() const { return extended_l2() ? 16 : 8; }
    std::uint64_t l2_entries() const { return cluster_size() / l2_entry_size(); }
    /// Guest bytes that one L2 table covers.
    std::uint64_t l2_span() const { return cluster_size() * l2_entries(); }
    /// The position of the sector count in a compressed cluster's descriptor.
    unsigned compressed_shift() const { return 62 - (cluster_bits - 8); }

    /// The header and an empty extension list, for a new file.
    std::vector<std::byte> encode() const;
    /// Reads and checks the header. Throws Error that names the file for encrypted images, external
    /// data files, unknown incompatible features, and whatever is out of its range.
    static Qcow2Header decode(const InputFile& file);
};

/// A snapshot with what `check` needs beside.
struct Qcow2Snapshot {
    SnapshotInfo info;
    std::uint64_t l1_offset = 0;
    std::uint32_t l1_size = 0;
};

struct Qcow2SnapshotTable {
    std::vector<Qcow2Snapshot> snapshots;
    std::uint64_t size = 0;  ///< of the table in the file
};

/// Throws Error when the table is damaged.
Qcow2SnapshotTable read_qcow2_snapshots(const InputFile& file, const Qcow2Header& header);

/// A persistent dirty bitmap, as far as `check` needs it.
struct Qcow2Bitmap {
    std::string name;
    std::uint64_t table_offset = 0;
    std::uint32_t table_size = 0;  ///< in entries
};

/// Throws Error when the bitmap directory is damaged.
std::vector<Qcow2Bitmap> read_qcow2_bitmaps(const InputFile& file, const Qcow2Header& header);

/// Entries of the L1 and L2 tables.
namespace qcow2 {
constexpr std::uint64_t kCopied = std::uint64_t{1} << 63;
constexpr std::uint64_t kCompressedCluster = std::uint64_t{1} << 62;
constexpr std::uint64_t kOffsetMask = 0x00fffffffffffe00;
constexpr std::uint64_t kReadsZero = 1;
constexpr unsigned kMinClusterBits = 9;
constexpr unsigned kMaxClusterBits = 21;
constexpr unsigned kMinExtendedClusterBits = 14;
constexpr std::uint64_t kMaxL1Bytes = std::uint64_t{32} << 20;
constexpr std::uint64_t kMaxRefcountTableBytes = std::uint64_t{8} << 20;
constexpr unsigned kSubclusters = 32;

/// Where a compressed cluster's bytes lie.
struct CompressedRange {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;  ///< up to the end of its last sector
};
CompressedRange compressed_range(std::uint64_t entry, const Qcow2Header& header);
std::uint64_t compressed_entry(std::uint64_t offset, std::uint64_t size, const Qcow2Header& header);
}  // namespace qcow2

}  // namespace kiln::formats
