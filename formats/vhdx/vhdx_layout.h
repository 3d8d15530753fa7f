#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "formats/bytes/bytes.h"
#include "formats/file/input_file.h"

namespace kiln::formats::vhdx {

/// The numbers of Microsoft's [MS-VHDX], "Virtual Hard Disk v2 (VHDX) File Format". All little
/// endian. Places of the header section, the first MiB of a file:
///
///     0        file type identifier
///     64 KiB   header, twice        the valid one with the greater sequence number counts
///     192 KiB  region table, twice  where the block allocation table (BAT) and the metadata are
///
/// Log, metadata, BAT and blocks lie anywhere behind it, at multiples of 1 MiB.
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kHeaderSection = kMiB;
constexpr std::string_view kFileSignature = "vhdxfile";
constexpr std::array<std::uint64_t, 2> kHeaderOffsets = {64U << 10, 128U << 10};
constexpr std::array<std::uint64_t, 2> kRegionTableOffsets = {192U << 10, 256U << 10};
constexpr std::size_t kHeaderSize = 4096;
constexpr std::size_t kTableSize = 65536;  ///< of a region table, and of the metadata table
constexpr std::uint32_t kMaxTableEntries = 2047;

constexpr std::uint64_t kMinBlock = kMiB;
constexpr std::uint64_t kMaxBlock = 256 * kMiB;
constexpr std::uint64_t kMaxDisk = std::uint64_t{64} << 40;
constexpr std::uint64_t kBitmapBlock = kMiB;                        ///< of a sector bitmap
constexpr std::uint64_t kSectorsPerChunk = std::uint64_t{1} << 23;  ///< the bits in one

/// In the order of the file: the first three fields of a GUID are little endian.
struct Guid {
    std::array<std::byte, 16> bytes{};

    static Guid load(std::span<const std::byte> bytes, std::size_t position);
    void store(std::span<std::byte> bytes, std::size_t position) const;
    bool is_null() const { return *this == Guid{}; }
    /// `{2dc27766-f623-4200-9d64-115e9bfd4a08}`, as a parent locator has it.
    std::string text() const;
    friend bool operator==(const Guid&, const Guid&) = default;
};

/// From its usual text, at compile time.
consteval Guid guid(std::string_view text);

/// CRC-32C of a structure whose checksum stands at its byte 4 and counts as zero.
std::uint32_t checksum(std::span<const std::byte> structure);

/// States of a BAT entry, its lowest three bits.
enum class BlockState : unsigned {
    NotPresent = 0,
    Undefined = 1,
    Zero = 2,
    Unmapped = 3,
    FullyPresent = 6,
    PartiallyPresent = 7,  ///< the sector bitmap says which sectors; the rest is the parent's
};
constexpr std::uint64_t kStateMask = 7;
constexpr std::uint64_t kOffsetMask = ~(kMiB - 1);

constexpr BlockState state_of(std::uint64_t entry) {
    return static_cast<BlockState>(entry & kStateMask);
}

/// How the disk is cut into blocks, and where the BAT has their entries: behind the entries of each
/// chunk (2^23 sectors) stands one for the chunk's sector bitmap.
struct Geometry {
    std::uint64_t disk_size = 0;
    std::uint64_t block_size = 0;
    std::uint64_t sector_size = 512;

    std::uint64_t blocks() const { return divide_up(disk_size, block_size); }
    std::uint64_t chunk_ratio() const { return kSectorsPerChunk * sector_size / block_size; }
    std::uint64_t payload_index(std::uint64_t block) const { return block + block / chunk_ratio(); }
    std::uint64_t bitmap_index(std::uint64_t chunk) const {
        return chunk * (chunk_ratio() + 1) + chunk_ratio();
    }
    std::uint64_t bat_entries(bool has_parent) const;
};

/// Throws Error: the file is not a VHDX that can be read, and why.
[[noreturn]] void refuse(const InputFile& file, std::string_view reason,
                         std::string_view hint = {});

consteval Guid guid(std::string_view text) {
    constexpr std::array<std::size_t, 16> kPlaces = {6,  4,  2,  0,  11, 9,  16, 14,
                                                     19, 21, 24, 26, 28, 30, 32, 34};
    const auto digit = [](char c) {
        return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    };
    Guid result;
    for (std::size_t i = 0; i < kPlaces.size(); ++i) {
        result.bytes[i] =
            static_cast<std::byte>(digit(text[kPlaces[i]]) << 4 | digit(text[kPlaces[i] + 1]));
    }
    return result;
}

}  // namespace kiln::formats::vhdx
