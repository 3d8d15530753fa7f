#include "formats/file_system/xfs_superblock.h"

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/checksum.h"
#include "formats/bytes/text.h"

namespace kiln::formats {

namespace {

constexpr std::uint32_t kMagic = 0x58465342;  // "XFSB"
constexpr std::size_t kSmallestSector = 512;
constexpr std::uint32_t kLargestSector = 32768;

constexpr unsigned kMoreBits = 0x8000;     // of the version: features2 is in use
constexpr std::uint32_t kTypesV4 = 0x200;  // of features2
constexpr std::uint32_t kTypesV5 = 0x1;    // of the incompatible features
constexpr std::uint32_t kMetaUuid = 0x4;
constexpr std::uint32_t kNeedsRepair = 0x10;

void read_geometry(std::span<const std::byte> sector, XfsSuperblock& super);
void read_features(std::span<const std::byte> sector, XfsSuperblock& super);
std::string find_unknown(std::span<const std::byte> sector, const XfsSuperblock& super);
std::string find_obstacle(std::span<const std::byte> sector, const XfsSuperblock& super);

unsigned log2_of(std::uint64_t value) {
    return static_cast<unsigned>(std::countr_zero(value));
}

}  // namespace

std::optional<XfsSuperblock> XfsSuperblock::read(const Volume& volume) {
    std::vector<std::byte> sector(kSmallestSector);
    if (volume.size() < sector.size()) return std::nullopt;
    volume.read(0, sector);
    if (load_be<std::uint32_t>(sector, 0) != kMagic) return std::nullopt;
    XfsSuperblock super;
    super.sector_size = load_be<std::uint16_t>(sector, 102);
    if (!std::has_single_bit(super.sector_size) || super.sector_size < kSmallestSector ||
        super.sector_size > kLargestSector || super.sector_size > volume.size()) {
        xfs_damaged(fmt::format("its sector size is {}", super.sector_size));
    }
    sector.resize(super.sector_size);
    volume.read(0, sector);
    const unsigned version = load_be<std::uint16_t>(sector, 100) & 0xF;
    if (version != 4 && version != 5) xfs_damaged(fmt::format("its version is {}", version));
    super.v5 = version == 5;
    constexpr std::size_t kChecksum = 224;
    if (super.v5 && !xfs_checksum_is_right(sector, kChecksum)) {
        xfs_damaged("the checksum of its superblock is wrong");
    }
    read_geometry(sector, super);
    read_features(sector, super);
    super.unknown = find_unknown(sector, super);
    super.obstacle = find_obstacle(sector, super);
    return super;
}

std::uint32_t XfsSuperblock::blocks_of_group(std::uint32_t group) const {
    const std::uint64_t before = std::uint64_t{group} * group_blocks;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(group_blocks, blocks - before));
}

std::uint64_t XfsSuperblock::offset_of(std::uint64_t block, std::uint64_t length) const {
    const std::uint64_t group = block >> group_bits;
    const std::uint64_t within = block & ((std::uint64_t{1} << group_bits) - 1);
    if (group >= groups ||
        !fits(within, length, blocks_of_group(static_cast<std::uint32_t>(group)))) {
        xfs_damaged(fmt::format("it refers to {} blocks at {}, where none are", length, block));
    }
    return offset_in_group(static_cast<std::uint32_t>(group), static_cast<std::uint32_t>(within));
}

// Superblock, AGF, AGI and AGFL: a sector each.
std::uint32_t XfsSuperblock::header_blocks() const {
    constexpr std::uint32_t kHeaders = 4;
    return static_cast<std::uint32_t>(divide_up(std::uint64_t{kHeaders} * sector_size, block_size));
}

bool XfsSuperblock::is_own(std::span<const std::byte> found) const {
    return std::ranges::equal(found, metadata_uuid);
}

bool xfs_checksum_is_right(std::span<const std::byte> bytes, std::size_t position) {
    constexpr std::array<std::byte, 4> kZero{};
    std::uint32_t sum = crc32c(~std::uint32_t{0}, bytes.first(position));
    sum = crc32c(sum, kZero);
    sum = ~crc32c(sum, bytes.subspan(position + kZero.size()));
    return sum == load_le<std::uint32_t>(bytes, position);
}

void xfs_damaged(std::string_view why) {
    throw Error("the XFS file system is damaged").because(why);
}

namespace {

void read_geometry(std::span<const std::byte> sector, XfsSuperblock& super) {
    constexpr std::uint32_t kMostBlockSize = 65536;
    constexpr std::uint32_t kFewestGroupBlocks = 64;
    constexpr std::uint64_t kSmallestGroup = 16 << 20;  // as mkfs.xfs has it, if there are several
    constexpr std::uint64_t kMostBlocks = std::uint64_t{1} << 52;
    super.block_size = load_be<std::uint32_t>(sector, 4);
    if (!std::has_single_bit(super.block_size) || super.block_size < kSmallestSector ||
        super.block_size > kMostBlockSize) {
        xfs_damaged(fmt::format("its block size is {}", super.block_size));
    }
    super.blocks = load_be<std::uint64_t>(sector, 8);
    super.free_blocks = load_be<std::uint64_t>(sector, 144);
    super.group_blocks = load_be<std::uint32_t>(sector, 84);
    super.groups = load_be<std::uint32_t>(sector, 88);
    super.group_bits = std::to_integer<unsigned>(sector[124]);
    if (super.blocks == 0 || super.blocks >= kMostBlocks / super.block_size * 512 ||
        super.group_blocks < kFewestGroupBlocks || super.group_blocks > (1U << 31) ||
        divide_up(super.blocks, super.group_blocks) != super.groups ||
        super.group_bits != log2_of(std::bit_ceil(super.group_blocks)) ||
        (super.groups > 1 &&
         std::uint64_t{super.group_blocks} * super.block_size < kSmallestGroup)) {
        xfs_damaged(fmt::format("it has {} blocks in {} groups of {}", super.blocks, super.groups,
                                super.group_blocks));
    }
    if (super.free_blocks > super.blocks) xfs_damaged("more blocks are free than it has");
    super.log_start = load_be<std::uint64_t>(sector, 48);
    super.log_blocks = load_be<std::uint32_t>(sector, 96);
    super.root_inode = load_be<std::uint64_t>(sector, 56);
    super.inode_size = load_be<std::uint16_t>(sector, 104);
    if (!std::has_single_bit(super.inode_size) || super.inode_size < 256 ||
        super.inode_size > 2048 || super.inode_size > super.block_size) {
        xfs_damaged(fmt::format("its inodes are of {} bytes", super.inode_size));
    }
    super.inodes_per_block_bits = log2_of(super.block_size / super.inode_size);
    const auto directory_bits = std::to_integer<unsigned>(sector[192]);
    if (directory_bits > 7 || (super.block_size << directory_bits) > kMostBlockSize) {
        xfs_damaged("its directory blocks are too large");
    }
    super.directory_block_size = super.block_size << directory_bits;
}

void read_features(std::span<const std::byte> sector, XfsSuperblock& super) {
    const unsigned version = load_be<std::uint16_t>(sector, 100);
    const auto incompatible = load_be<std::uint32_t>(sector, 216);
    super.types_in_directories =
        super.v5
            ? (incompatible & kTypesV5) != 0
            : (version & kMoreBits) != 0 && (load_be<std::uint32_t>(sector, 200) & kTypesV4) != 0;
    const bool other_uuid = super.v5 && (incompatible & kMetaUuid) != 0;
    std::ranges::copy(sector.subspan(other_uuid ? 248 : 32, 16), super.metadata_uuid.begin());
    super.uuid = uuid_text(sector.subspan(32, 16));
    super.label = text_until_nul(sector.subspan(108, 12));
}

std::string find_unknown(std::span<const std::byte> sector, const XfsSuperblock& super) {
    constexpr std::uint32_t kKnownIncompatible =
        0x1 | 0x2 | kMetaUuid | 0x8 | kNeedsRepair | 0x20 | 0x40 | 0x80;
    constexpr std::uint32_t kKnownReadOnly = 0xF;
    constexpr std::uint32_t kKnownLog = 0x1;
    constexpr unsigned kDirectoriesV2 = 0x2000;
    constexpr unsigned kShared = 0x0200;
    const unsigned version = load_be<std::uint16_t>(sector, 100);
    if ((version & kDirectoriesV2) == 0 || (version & kShared) != 0) {
        return fmt::format("features (version {:#x})", version);
    }
    if (!super.v5) return {};
    const std::uint32_t read_only = load_be<std::uint32_t>(sector, 212) & ~kKnownReadOnly;
    const std::uint32_t incompatible = load_be<std::uint32_t>(sector, 216) & ~kKnownIncompatible;
    const std::uint32_t log = load_be<std::uint32_t>(sector, 220) & ~kKnownLog;
    if ((read_only | incompatible | log) == 0) return {};
    return fmt::format("features (incompat {:#x}, ro_compat {:#x}, log_incompat {:#x})",
                       incompatible, read_only, log);
}

std::string find_obstacle(std::span<const std::byte> sector, const XfsSuperblock& super) {
    if (std::to_integer<unsigned>(sector[126]) != 0) return "it is only half made";
    if (!super.unknown.empty()) return "it has unknown " + super.unknown;
    if (super.v5 && (load_be<std::uint32_t>(sector, 216) & kNeedsRepair) != 0) {
        return "it is marked as in need of repair";
    }
    if (load_be<std::uint64_t>(sector, 16) != 0) return "a part of it is on a realtime device";
    if (super.log_start == 0) return "its log is elsewhere";
    return {};
}

}  // namespace
}  // namespace kiln::formats
