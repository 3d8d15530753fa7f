#include "formats/volume/gpt.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/checksum.h"
#include "formats/bytes/text.h"
#include "formats/volume/partition_type.h"

namespace kiln::formats {

namespace {

constexpr std::string_view kSignature = "EFI PART";
constexpr std::uint32_t kMostEntries = 1024;
constexpr std::uint32_t kSmallestEntry = 128;
constexpr std::uint32_t kLargestEntry = 4096;

struct Header {
    std::uint64_t own = 0;  // all of these in sectors
    std::uint64_t other = 0;
    std::uint64_t first_usable = 0;
    std::uint64_t last_usable = 0;
    std::uint64_t entries = 0;
    std::uint32_t entry_count = 0;
    std::uint32_t entry_size = 0;
    std::uint32_t entries_checksum = 0;
    std::string guid;
};

/// Nothing, and no word in `damage`, when there is no header at that sector.
std::optional<PartitionTable> read_at(const Source& disk, std::uint64_t sector,
                                      std::uint32_t sector_size, std::string& damage);
std::optional<Header> read_header(const Source& disk, std::uint64_t sector,
                                  std::uint32_t sector_size, std::string& damage);
std::uint32_t zlib_crc32(std::span<const std::byte> bytes) {
    return ~crc32_raw(~0U, bytes);
}
Partition parse_entry(std::span<const std::byte> entry, const Header& header,
                      std::uint32_t sector_size, std::uint64_t disk_size);

}  // namespace

Gpt read_gpt(const Source& disk) {
    Gpt gpt;
    for (const std::uint32_t sector_size : {512U, 4096U}) {
        const std::uint64_t sectors = disk.virtual_size() / sector_size;
        if (sectors < 4) continue;
        std::string damage;
        gpt.table = read_at(disk, 1, sector_size, damage);
        if (gpt.table) return gpt;
        if (!damage.empty()) gpt.damage = "the GPT is damaged: " + damage;
        std::string backup_damage;
        gpt.table = read_at(disk, sectors - 1, sector_size, backup_damage);
        if (gpt.table) {
            gpt.table->note = gpt.damage.empty() ? "the GPT was read from its backup"
                                                 : gpt.damage + "; its backup was read";
            return gpt;
        }
        if (gpt.damage.empty() && !backup_damage.empty()) {
            gpt.damage = "the GPT is gone and its backup is damaged: " + backup_damage;
        }
    }
    return gpt;
}

namespace {

std::optional<PartitionTable> read_at(const Source& disk, std::uint64_t sector,
                                      std::uint32_t sector_size, std::string& damage) {
    const std::optional<Header> header = read_header(disk, sector, sector_size, damage);
    if (!header) return std::nullopt;
    const std::uint64_t start = header->entries * sector_size;
    const std::uint64_t length = std::uint64_t{header->entry_count} * header->entry_size;
    PartitionTable table;
    table.kind = PartitionTable::Kind::Gpt;
    table.sector_size = sector_size;
    table.id = header->guid;
    std::uint32_t sum = ~0U;
    std::vector<std::byte> entry(header->entry_size);
    for (std::uint32_t i = 0; i < header->entry_count; ++i) {
        disk.read(start + std::uint64_t{i} * header->entry_size, entry);
        sum = crc32_raw(sum, entry);
        const auto type = std::span(entry).first(16);
        if (std::all_of(type.begin(), type.end(), [](std::byte b) { return b == std::byte{0}; })) {
            continue;
        }
        Partition partition = parse_entry(entry, *header, sector_size, disk.virtual_size());
        partition.number = i + 1;
        table.partitions.push_back(std::move(partition));
    }
    if (~sum != header->entries_checksum) {
        damage = "the checksum of its entries is wrong";
        return std::nullopt;
    }
    table.tables = {{0, sector_size}, {sector * sector_size, sector_size}, {start, length}};
    // The other copy, where it is thought to be: the same number of entries before it or after.
    if (header->other != sector && header->other < disk.virtual_size() / sector_size) {
        const std::uint64_t other = header->other * sector_size;
        const std::uint64_t room = round_up(length, sector_size);
        table.tables.push_back({other, sector_size});
        if (header->other == 1) {
            table.tables.push_back({other + sector_size, room});
        } else if (room <= other) {
            table.tables.push_back({other - room, room});
        }
    }
    return table;
}

std::optional<Header> read_header(const Source& disk, std::uint64_t sector,
                                  std::uint32_t sector_size, std::string& damage) {
    constexpr std::uint32_t kSmallestHeader = 92;
    std::vector<std::byte> bytes(sector_size);
    disk.read(sector * sector_size, bytes);
    if (std::memcmp(bytes.data(), kSignature.data(), kSignature.size()) != 0) return std::nullopt;
    const auto bad = [&](std::string_view what) {
        damage = what;
        return std::nullopt;
    };
    const auto header_size = load_le<std::uint32_t>(bytes, 12);
    if (header_size < kSmallestHeader || header_size > sector_size) {
        return bad("its header has an impossible size");
    }
    const auto sum = load_le<std::uint32_t>(bytes, 16);
    store_le<std::uint32_t>(bytes, 16, 0);
    if (zlib_crc32(std::span(bytes).first(header_size)) != sum) {
        return bad("its header's checksum is wrong");
    }
    Header header;
    header.own = load_le<std::uint64_t>(bytes, 24);
    header.other = load_le<std::uint64_t>(bytes, 32);
    header.first_usable = load_le<std::uint64_t>(bytes, 40);
    header.last_usable = load_le<std::uint64_t>(bytes, 48);
    header.guid = guid_text(std::span(bytes).subspan(56, 16));
    header.entries = load_le<std::uint64_t>(bytes, 72);
    header.entry_count = load_le<std::uint32_t>(bytes, 80);
    header.entry_size = load_le<std::uint32_t>(bytes, 84);
    header.entries_checksum = load_le<std::uint32_t>(bytes, 88);
    if (header.own != sector) return bad("its header belongs elsewhere");
    if (header.entry_count > kMostEntries) return bad("it has too many entries");
    if (header.entry_size < kSmallestEntry || header.entry_size > kLargestEntry ||
        header.entry_size % kSmallestEntry != 0) {
        return bad("its entries have an impossible size");
    }
    const std::uint64_t length = std::uint64_t{header.entry_count} * header.entry_size;
    if (header.entries < 2 || header.entries > disk.virtual_size() / sector_size ||
        !fits(header.entries * sector_size, length, disk.virtual_size())) {
        return bad("its entries lie beyond the end");
    }
    return header;
}

Partition parse_entry(std::span<const std::byte> entry, const Header& header,
                      std::uint32_t sector_size, std::uint64_t disk_size) {
    constexpr std::size_t kNameBytes = 72;
    constexpr std::uint64_t kRequired = 1;
    constexpr std::uint64_t kLegacyBoot = 4;
    Partition partition;
    partition.type_id = guid_text(entry.first(16));
    partition.type = gpt_type_name(partition.type_id);
    partition.guid = guid_text(entry.subspan(16, 16));
    partition.name = utf16le_to_utf8(entry.subspan(56, kNameBytes));
    const auto first = load_le<std::uint64_t>(entry, 32);
    const auto last = load_le<std::uint64_t>(entry, 40);
    const std::uint64_t sectors = disk_size / sector_size;
    partition.inside = first <= last && last < sectors && first >= header.first_usable &&
                       last <= header.last_usable;
    if (first <= last && last < sectors) {
        partition.offset = first * sector_size;
        partition.length = (last - first + 1) * sector_size;
    }
    const auto attributes = load_le<std::uint64_t>(entry, 48);
    if (partition.type_id == kEfiSystemPartition) partition.flags.emplace_back("esp");
    if ((attributes & kRequired) != 0) partition.flags.emplace_back("required");
    if ((attributes & kLegacyBoot) != 0) partition.flags.emplace_back("legacy-boot");
    return partition;
}

}  // namespace
}  // namespace kiln::formats
