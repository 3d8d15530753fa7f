#include "formats/volume/partition_table.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "formats/bytes/bytes.h"
#include "formats/volume/gpt.h"
#include "formats/volume/partition_type.h"
#include "formats/volume/signature.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kTable = 512;  // bytes of a sector that a table needs, whatever its size
constexpr std::uint32_t kUsualSector = 512;
constexpr std::uint32_t kLargeSector = 4096;
constexpr std::size_t kEntries = 446;
constexpr std::size_t kEntrySize = 16;
constexpr unsigned kProtective = 0xEE;
constexpr unsigned kFirstLogical = 5;
constexpr std::size_t kMostLogical = 256;

using Sector = std::array<std::byte, kTable>;

struct Entry {
    unsigned status = 0;
    unsigned type = 0;
    std::uint64_t first = 0;  // in sectors, from what the table counts from
    std::uint64_t count = 0;

    bool used() const { return type != 0 && count != 0; }
    bool extended() const { return type == 0x05 || type == 0x0F || type == 0x85; }
};

using Entries = std::array<Entry, 4>;
/// Nothing when the sector bears no table that can be.
std::optional<Entries> read_entries(const Source& disk, std::uint64_t offset);
PartitionTable from_mbr(const Source& disk, const Entries& entries);
PartitionTable from_mbr(const Source& disk, const Entries& entries, std::uint32_t sector_size);
void add_logical(const Source& disk, const Partition& extended, PartitionTable& table);
/// Counted from `base`, in sectors of `table`.
Partition make_partition(const PartitionTable& table, const Entry& entry, std::uint64_t base,
                         unsigned number, std::uint64_t disk_size);
bool all_inside(const PartitionTable& table);
std::size_t count_recognized(const Source& disk, const PartitionTable& table);

}  // namespace

PartitionTable read_partition_table(const Source& disk) {
    if (disk.virtual_size() < kTable) return {};
    const auto entries = read_entries(disk, 0);
    Gpt gpt = read_gpt(disk);
    const bool is_protective =
        entries && std::any_of(entries->begin(), entries->end(),
                               [](const Entry& entry) { return entry.type == kProtective; });
    if (gpt.table && is_protective) {
        PartitionTable& table = *gpt.table;
        for (unsigned i = 0; i < entries->size(); ++i) {
            const Entry& entry = (*entries)[i];
            if (!entry.used() || entry.type == kProtective) continue;
            table.hybrid.push_back(make_partition(table, entry, 0, i + 1, disk.virtual_size()));
        }
        if (!table.hybrid.empty()) {
            table.note += table.note.empty() ? "a hybrid MBR" : "; a hybrid MBR";
        }
        return std::move(table);
    }
    PartitionTable table;
    if (entries) table = from_mbr(disk, *entries);
    if (gpt.table) {
        table.doubt = "there is a GPT that no protective MBR leads to";
    } else if (is_protective) {
        table.doubt = gpt.damage.empty() ? "its protective MBR leads to no GPT" : gpt.damage;
    }
    return table;
}

namespace {

std::optional<Entries> read_entries(const Source& disk, std::uint64_t offset) {
    constexpr unsigned kActive = 0x80;
    Sector sector;
    disk.read(offset, sector);
    if (load_be<std::uint16_t>(sector, 510) != 0x55AA) return std::nullopt;
    Entries entries;
    bool any = false;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::size_t at = kEntries + i * kEntrySize;
        entries[i].status = std::to_integer<unsigned>(sector[at]);
        entries[i].type = std::to_integer<unsigned>(sector[at + 4]);
        entries[i].first = load_le<std::uint32_t>(sector, at + 8);
        entries[i].count = load_le<std::uint32_t>(sector, at + 12);
        // A boot sector of FAT or NTFS ends alike, and has code or text where the table would be.
        if (entries[i].status != 0 && entries[i].status != kActive) return std::nullopt;
        any = any || entries[i].used();
    }
    if (!any) return std::nullopt;
    return entries;
}

// A disk whose partitions reach beyond its end with large sectors has small ones.
PartitionTable from_mbr(const Source& disk, const Entries& entries) {
    PartitionTable usual = from_mbr(disk, entries, kUsualSector);
    if (disk.virtual_size() % kLargeSector != 0) return usual;
    PartitionTable large = from_mbr(disk, entries, kLargeSector);
    if (!all_inside(large) || !large.doubt.empty()) return usual;
    const std::size_t in_large = count_recognized(disk, large);
    if (in_large == 0) return usual;
    const std::size_t in_usual = count_recognized(disk, usual);
    PartitionTable& chosen = in_large > in_usual ? large : usual;
    if (in_usual != 0) {
        chosen.doubt = "it fits its contents with sectors of 512 or of 4096 bytes";
    }
    if (chosen.sector_size == kLargeSector) chosen.note = "its sectors are of 4096 bytes";
    return std::move(chosen);
}

PartitionTable from_mbr(const Source& disk, const Entries& entries, std::uint32_t sector_size) {
    PartitionTable table;
    table.kind = PartitionTable::Kind::Mbr;
    table.sector_size = sector_size;
    table.tables.push_back({0, sector_size});
    std::array<std::byte, 4> id;
    disk.read(440, id);
    table.id = fmt::format("{:08x}", load_le<std::uint32_t>(id, 0));
    std::optional<Partition> extended;
    for (unsigned i = 0; i < entries.size(); ++i) {
        if (!entries[i].used()) continue;
        Partition partition = make_partition(table, entries[i], 0, i + 1, disk.virtual_size());
        if (partition.container && partition.inside) {
            if (extended) table.doubt = "it has more than one extended partition";
            extended = partition;
        }
        table.partitions.push_back(std::move(partition));
    }
    if (extended) add_logical(disk, *extended, table);
    return table;
}

// Each logical partition has a table of its own (EBR) with two entries: itself, counted from that
// table, and the next table, counted from the start of the extended partition.
void add_logical(const Source& disk, const Partition& extended, PartitionTable& table) {
    std::set<std::uint64_t> seen;
    std::uint64_t at = extended.offset;
    unsigned number = kFirstLogical;
    while (seen.size() < kMostLogical) {
        if (!seen.insert(at).second) {
            table.doubt = "its logical partitions lead in a circle";
            return;
        }
        if (at < extended.offset ||
            !fits(at - extended.offset, table.sector_size, extended.length)) {
            table.doubt = "its logical partitions lead out of the extended one";
            return;
        }
        table.tables.push_back({at, table.sector_size});
        const auto entries = read_entries(disk, at);
        if (!entries) return;  // the first one may be empty
        std::optional<std::uint64_t> next;
        for (const Entry& entry : *entries) {
            if (!entry.used()) continue;
            if (entry.extended()) {
                if (!next) next = extended.offset + entry.first * table.sector_size;
                continue;
            }
            Partition logical = make_partition(table, entry, at, number++, disk.virtual_size());
            if (logical.offset < extended.offset ||
                !fits(logical.offset - extended.offset, logical.length, extended.length)) {
                logical.inside = false;
            }
            table.partitions.push_back(std::move(logical));
        }
        if (!next) return;
        at = *next;
    }
    table.doubt = fmt::format("it has more than {} logical partitions", kMostLogical);
}

Partition make_partition(const PartitionTable& table, const Entry& entry, std::uint64_t base,
                         unsigned number, std::uint64_t disk_size) {
    constexpr unsigned kEfiSystem = 0xEF;
    Partition partition;
    partition.number = number;
    partition.type = mbr_type_name(entry.type);
    partition.type_id = fmt::format("{:#04x}", entry.type);
    partition.container = entry.extended();
    if (entry.status != 0) partition.flags.emplace_back("active");
    if (entry.type == kEfiSystem) partition.flags.emplace_back("esp");
    partition.offset = base + entry.first * table.sector_size;
    partition.length = entry.count * table.sector_size;
    partition.inside = fits(partition.offset, partition.length, disk_size);
    return partition;
}

bool all_inside(const PartitionTable& table) {
    return std::ranges::all_of(table.partitions, &Partition::inside);
}

std::size_t count_recognized(const Source& disk, const PartitionTable& table) {
    const auto is_known = [&](const Partition& partition) {
        return !partition.container && partition.inside && partition.length != 0 &&
               is_recognized(Volume(disk, {{partition.offset, partition.length}}));
    };
    return static_cast<std::size_t>(std::ranges::count_if(table.partitions, is_known));
}

}  // namespace
}  // namespace kiln::formats
