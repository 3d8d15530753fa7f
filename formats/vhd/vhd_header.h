#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/file/input_file.h"

namespace kiln::formats::vhd {

/// The structures of Microsoft's Virtual Hard Disk Image Format Specification 1.0. Numbers are
/// big-endian; places in the table are counted in sectors.

constexpr std::uint64_t kSector = 512;
constexpr std::size_t kFooterSize = 512;
constexpr std::size_t kHeaderSize = 1024;
constexpr std::uint32_t kUnused = 0xffffffff;  ///< a table entry without a block
/// Hyper-V, Azure and QEMU take no larger disk.
constexpr std::uint64_t kMaxDisk = std::uint64_t{2040} << 30;

enum class DiskType : std::uint32_t { Fixed = 2, Dynamic = 3, Differencing = 4 };
std::string_view name_of(DiskType type);

using UniqueId = std::array<std::byte, 16>;

/// Cylinders, heads and sectors as a BIOS of old counts them.
struct Chs {
    std::uint16_t cylinders = 0;
    std::uint8_t heads = 0;
    std::uint8_t sectors_per_track = 0;

    /// By the algorithm of the specification; at most the disk's sectors.
    static Chs of_sectors(std::uint64_t sectors);
    std::uint64_t sectors() const { return std::uint64_t{cylinders} * heads * sectors_per_track; }
    friend bool operator==(const Chs&, const Chs&) = default;
};

struct Footer {
    std::uint64_t data_offset = ~std::uint64_t{0};  ///< of the dynamic header
    std::string creator = "win ";                   ///< the creating application: 4 bytes
    std::uint64_t current_size = 0;                 ///< the disk's
    Chs geometry;
    DiskType type = DiskType::Fixed;
    UniqueId id{};
    bool saved_state = false;

    std::array<std::byte, kFooterSize> encode() const;
    /// Nothing when the cookie or the checksum is wrong, or a field cannot be.
    static std::optional<Footer> decode(std::span<const std::byte> bytes);
};

/// Where the file keeps its footers and what they say. `main` is the one at the end unless only the
/// copy at the beginning is good.
struct Footers {
    std::optional<Footer> trailing;
    std::optional<Footer> leading;
    std::uint64_t trailing_offset = 0;  ///< of its cookie, or where it should be
    bool trailing_cookie = false;
    bool leading_cookie = false;
    bool equal = false;  ///< both copies, byte for byte

    const Footer* main() const;
};
Footers read_footers(const InputFile& file);

/// `conectix` at the beginning or in the last 512 (or, before Virtual PC 2004, 511) bytes.
bool has_cookie(const InputFile& file);

struct ParentLocator {
    std::uint32_t platform = 0;
    std::uint32_t length = 0;
    std::uint64_t offset = 0;
};

struct DynamicHeader {
    std::uint64_t table_offset = 0;
    std::uint32_t entries = 0;
    std::uint32_t block_size = 0;
    UniqueId parent_id{};
    std::string parent_name;
    std::array<ParentLocator, 8> locators{};

    std::uint64_t bitmap_size() const;
    std::vector<std::byte> encode() const;
    /// Throws Error that names the file and says what is wrong.
    static DynamicHeader read(const InputFile& file, const Footer& footer);
};

[[noreturn]] void refuse(const InputFile& file, std::string_view reason);

}  // namespace kiln::formats::vhd
