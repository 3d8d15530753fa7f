#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "formats/bytes/tar_header.h"

namespace kiln::formats {

/// A run of a sparse file that is stored; what lies between runs is zero.
struct TarRun {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint64_t end() const { return offset + length; }
    friend bool operator==(const TarRun&, const TarRun&) = default;
};

/// Sparse files in GNU tar's old format (its manual, "Old GNU Format"), which all tars read. The
/// header is of type `S`; its size is what is stored, the file's own size stands apart. Four runs
/// of the map stand in the header and 21 in each block behind it, then the stored bytes.
///
/// Writers: runs begin at multiples of 512 and have such lengths, but for the last one; a file that
/// ends with a hole has an empty run at its end.
constexpr char kOldGnuSparse = 'S';
constexpr std::size_t kOldGnuRunsInHeader = 4;
constexpr std::size_t kOldGnuRunsInBlock = 21;

/// The header with the first of all `runs`; the rest goes into blocks.
std::array<std::byte, kTarBlock> encode_old_gnu_header(const std::string& name, std::uint64_t size,
                                                       std::span<const TarRun> runs);
/// A block with the first of those that are left.
std::array<std::byte, kTarBlock> encode_old_gnu_block(std::span<const TarRun> left);

/// What a header or a block holds of the map, as it stands there.
struct OldGnuRuns {
    std::array<TarRun, kOldGnuRunsInBlock> runs;
    std::size_t count = 0;
    bool ended = false;  ///< the map's end was among them
    bool more = false;   ///< a block follows
};
/// Nothing when a number is not valid.
std::optional<OldGnuRuns> decode_old_gnu_header(std::span<const std::byte> block);
std::optional<OldGnuRuns> decode_old_gnu_block(std::span<const std::byte> block);
/// The file's size, from its header.
std::optional<std::uint64_t> old_gnu_file_size(std::span<const std::byte> header);

}  // namespace kiln::formats
