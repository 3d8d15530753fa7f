#include "formats/vmdk/vmdk_header.h"

#include <bit>

#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kMaxGrainSectors = 4096;  // 2 MiB; VMware and QEMU write 128
constexpr std::uint32_t kMaxEntries = 4096;
// A directory of at most 16 MiB: 128 TiB with the usual grains and tables.
constexpr std::uint64_t kMaxTables = std::uint64_t{1} << 22;
constexpr std::uint32_t kKnownFlags = VmdkHeader::kHasNewlineTest | VmdkHeader::kHasRedundantTable |
                                      VmdkHeader::kHasZeroGrains | VmdkHeader::kCompressed |
                                      VmdkHeader::kHasMarkers;

[[noreturn]] void refuse(const InputFile& file, std::string reason);

}  // namespace

std::uint64_t VmdkHeader::grains() const {
    return divide_up(capacity, grain_size);
}

std::uint64_t VmdkHeader::tables() const {
    return divide_up(grains(), entries_per_table);
}

std::uint64_t VmdkHeader::table_sectors() const {
    return divide_up(std::uint64_t{entries_per_table} * 4, kVmdkSector);
}

std::array<std::byte, kVmdkSector> VmdkHeader::encode() const {
    std::array<std::byte, kVmdkSector> sector{};
    store_le<std::uint32_t>(sector, 0, kMagic);
    store_le(sector, 4, version);
    store_le(sector, 8, flags);
    store_le(sector, 12, capacity);
    store_le(sector, 20, grain_size);
    store_le(sector, 28, descriptor_offset);
    store_le(sector, 36, descriptor_size);
    store_le(sector, 44, entries_per_table);
    store_le(sector, 48, redundant_directory_offset);
    store_le(sector, 56, directory_offset);
    store_le(sector, 64, overhead);
    sector[72] = std::byte{unclean_shutdown};
    // Shows whether a text-mode transfer has changed line ends.
    sector[73] = std::byte{'\n'};
    sector[74] = std::byte{' '};
    sector[75] = std::byte{'\r'};
    sector[76] = std::byte{'\n'};
    store_le(sector, 77, compression);
    return sector;
}

VmdkHeader VmdkHeader::decode(std::span<const std::byte> sector, const InputFile& file) {
    if (load_le<std::uint32_t>(sector, 0) != kMagic) refuse(file, "the header's magic is missing");
    VmdkHeader header;
    header.version = load_le<std::uint32_t>(sector, 4);
    header.flags = load_le<std::uint32_t>(sector, 8);
    header.capacity = load_le<std::uint64_t>(sector, 12);
    header.grain_size = load_le<std::uint64_t>(sector, 20);
    header.descriptor_offset = load_le<std::uint64_t>(sector, 28);
    header.descriptor_size = load_le<std::uint64_t>(sector, 36);
    header.entries_per_table = load_le<std::uint32_t>(sector, 44);
    header.redundant_directory_offset = load_le<std::uint64_t>(sector, 48);
    header.directory_offset = load_le<std::uint64_t>(sector, 56);
    header.overhead = load_le<std::uint64_t>(sector, 64);
    header.unclean_shutdown = sector[72] != std::byte{0};
    header.compression = load_le<std::uint16_t>(sector, 77);

    if (header.version < 1 || header.version > 3) {
        refuse(file, fmt::format("version {} is not known", header.version));
    }
    if ((header.flags & ~kKnownFlags) != 0) {
        refuse(file, fmt::format("unknown flags {:#x}", header.flags & ~kKnownFlags));
    }
    if ((header.flags & kHasNewlineTest) != 0 &&
        (sector[73] != std::byte{'\n'} || sector[74] != std::byte{' '} ||
         sector[75] != std::byte{'\r'} || sector[76] != std::byte{'\n'})) {
        refuse(file, "its line ends have been changed by a transfer in text mode");
    }
    if (!std::has_single_bit(header.grain_size) || header.grain_size < 8 ||
        header.grain_size > kMaxGrainSectors) {
        refuse(file, fmt::format("a grain size of {} sectors", header.grain_size));
    }
    if (header.entries_per_table == 0 || header.entries_per_table > kMaxEntries) {
        refuse(file, fmt::format("{} entries per grain table", header.entries_per_table));
    }
    constexpr std::uint64_t kMaxCapacity = std::uint64_t{1} << 54;  // in bytes: below 2^63
    if (header.capacity > kMaxCapacity || header.tables() > kMaxTables) {
        refuse(file, fmt::format("a capacity of {} sectors", header.capacity));
    }
    if (header.compression > 1 || (header.compressed() && header.compression != 1)) {
        refuse(file, fmt::format("compression method {}", header.compression));
    }
    if (header.has_markers() && !header.compressed()) {
        refuse(file, "markers without compression");
    }
    return header;
}

std::array<std::byte, kVmdkSector> encode_marker(VmdkMarker type, std::uint64_t sectors) {
    std::array<std::byte, kVmdkSector> sector{};
    store_le(sector, 0, sectors);
    store_le(sector, 12, static_cast<std::uint32_t>(type));
    return sector;
}

namespace {

void refuse(const InputFile& file, std::string reason) {
    throw Error(fmt::format("{} is not a VMDK that can be read", file.name())).because(reason);
}

}  // namespace
}  // namespace kiln::formats
