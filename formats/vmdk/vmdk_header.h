#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "formats/file/input_file.h"

namespace kiln::formats {

constexpr std::uint64_t kVmdkSector = 512;

/// The sparse extent header (VMware Virtual Disk Format 5.0, "Hosted Sparse Extents"), one sector,
/// little endian. Offsets and sizes are in sectors.
struct VmdkHeader {
    static constexpr std::uint32_t kMagic = 0x564d444b;  // "KDMV" as bytes
    static constexpr std::uint64_t kDirectoryAtEnd = ~std::uint64_t{0};
    static constexpr std::uint32_t kHasNewlineTest = 1U << 0;
    static constexpr std::uint32_t kHasRedundantTable = 1U << 1;
    static constexpr std::uint32_t kHasZeroGrains = 1U << 2;
    static constexpr std::uint32_t kCompressed = 1U << 16;
    static constexpr std::uint32_t kHasMarkers = 1U << 17;

    std::uint32_t version = 3;
    std::uint32_t flags = kHasNewlineTest | kCompressed | kHasMarkers;
    std::uint64_t capacity = 0;
    std::uint64_t grain_size = 128;
    std::uint64_t descriptor_offset = 0;
    std::uint64_t descriptor_size = 0;
    std::uint32_t entries_per_table = 512;
    std::uint64_t redundant_directory_offset = 0;
    std::uint64_t directory_offset = kDirectoryAtEnd;
    std::uint64_t overhead = 0;
    bool unclean_shutdown = false;
    std::uint16_t compression = 1;  // deflate

    bool compressed() const { return (flags & kCompressed) != 0; }
    bool has_markers() const { return (flags & kHasMarkers) != 0; }
    bool has_redundant_tables() const { return (flags & kHasRedundantTable) != 0; }
    std::uint64_t grain_bytes() const { return grain_size * kVmdkSector; }
    std::uint64_t grains() const;
    std::uint64_t tables() const;
    std::uint64_t table_sectors() const;

    std::array<std::byte, kVmdkSector> encode() const;
    /// Checks every field that memory or a loop depends on; throws Error that names `file`.
    static VmdkHeader decode(std::span<const std::byte> sector, const InputFile& file);
};

/// The markers of a stream-optimized extent.
enum class VmdkMarker : std::uint32_t {
    EndOfStream = 0,
    GrainTable = 1,
    Directory = 2,
    Footer = 3
};

/// A marker's sector: `sectors` is the length of what follows it.
std::array<std::byte, kVmdkSector> encode_marker(VmdkMarker type, std::uint64_t sectors);

/// A grain's marker: 12 bytes, the compressed data follows at once.
constexpr std::size_t kGrainMarkerSize = 12;

}  // namespace kiln::formats
