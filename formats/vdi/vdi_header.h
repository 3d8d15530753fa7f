#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "formats/file/input_file.h"

namespace kiln::formats::vdi {

/// VirtualBox's VDI 1.1: header, map of 32-bit block numbers, blocks. Numbers are little-endian.

constexpr std::uint64_t kSector = 512;
constexpr std::size_t kHeaderSize = 512;
constexpr std::uint32_t kBlock = 1U << 20;
constexpr std::uint32_t kUnused = 0xffffffff;  ///< a map entry without a block
constexpr std::uint32_t kZero = 0xfffffffe;    ///< a block that was discarded: zeros
/// QEMU takes no more blocks.
constexpr std::uint64_t kMaxBlocks = 0x1fffffff;

enum class ImageType : std::uint32_t { Dynamic = 1, Static = 2, Undo = 3, Differencing = 4 };
using Uuid = std::array<std::byte, 16>;

struct Header {
    ImageType type = ImageType::Dynamic;
    std::uint32_t map_offset = 0;
    std::uint32_t data_offset = 0;
    std::uint64_t disk_size = 0;
    std::uint32_t block_size = kBlock;
    std::uint32_t block_extra = 0;  ///< bytes before each block's data
    std::uint32_t blocks = 0;
    std::uint32_t allocated = 0;
    Uuid id{};
    Uuid snapshot_id{};
    Uuid link{};
    Uuid parent{};

    std::uint64_t stride() const { return std::uint64_t{block_size} + block_extra; }
    std::array<std::byte, kHeaderSize> encode() const;
    /// Throws Error that names the file and says what is wrong, or that a differencing disk is not
    /// read.
    static Header read(const InputFile& file);
};

bool has_signature(const InputFile& file);
[[noreturn]] void refuse(const InputFile& file, std::string_view reason);

}  // namespace kiln::formats::vdi
