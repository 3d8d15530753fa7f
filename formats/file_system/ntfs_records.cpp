#include "formats/file_system/ntfs_records.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/error.h"
#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kFixupUnit = 512;
constexpr std::size_t kMostRuns = 1 << 16;
constexpr std::size_t kMostList = 256 * 1024;
constexpr std::uint64_t kRecordNumber = (std::uint64_t{1} << 48) - 1;
constexpr std::string_view kIndexName("$\0I\0003\0000\0", 8);

void for_each_attribute(std::span<const std::byte> record,
                        const std::function<bool(std::span<const std::byte>)>& visit);
bool has_name(std::span<const std::byte> item, std::size_t length_at, std::size_t offset,
              NtfsRecords::Type type);

/// Clusters and records of odd sizes are stored as the negative of their binary logarithm.
std::uint64_t size_of(std::uint32_t value, std::uint64_t unit) {
    if (value < 0x80) return value * unit;
    const std::uint32_t bits = 256 - value;
    return bits < 32 ? std::uint64_t{1} << bits : 0;
}

}  // namespace

std::optional<NtfsBootSector> NtfsBootSector::read(const Volume& volume) {
    constexpr std::uint64_t kLargestCluster = 2 << 20;
    constexpr std::uint64_t kLargestRecord = 65536;
    constexpr std::uint64_t kMostSize = std::uint64_t{1} << 60;
    std::array<std::byte, 512> bytes;
    if (volume.size() < bytes.size()) return std::nullopt;
    volume.read(0, bytes);
    const std::span<const std::byte> boot(bytes);
    const std::string_view name(reinterpret_cast<const char*>(bytes.data()) + 3, 8);
    if (name != "NTFS    " || load_le<std::uint16_t>(boot, 510) != 0xAA55) return std::nullopt;
    const std::uint32_t sector = load_le<std::uint16_t>(boot, 11);
    if (!std::has_single_bit(sector) || sector < 256 || sector > 4096) {
        ntfs_damaged(fmt::format("its sector size is {}", sector));
    }
    // More than 128 sectors are stored as a negative logarithm of their number.
    const auto raw = std::to_integer<std::uint32_t>(boot[13]);
    const std::uint64_t sectors_per_cluster = raw <= 0x80 ? raw : size_of(raw, 1);
    const std::uint64_t cluster = sectors_per_cluster * sector;
    if (!std::has_single_bit(cluster) || cluster < 256 || cluster > kLargestCluster) {
        ntfs_damaged(fmt::format("its cluster size is {}", cluster));
    }
    const std::uint64_t record = size_of(std::to_integer<std::uint32_t>(boot[64]), cluster);
    if (!std::has_single_bit(record) || record < kFixupUnit || record > kLargestRecord) {
        ntfs_damaged(fmt::format("its file records are of {} bytes", record));
    }
    const auto sectors = load_le<std::uint64_t>(boot, 40);
    if (sectors == 0 || sectors > kMostSize / sector) {
        ntfs_damaged(fmt::format("it has {} sectors", sectors));
    }
    NtfsBootSector result;
    result.cluster_size = static_cast<std::uint32_t>(cluster);
    result.record_size = static_cast<std::uint32_t>(record);
    result.size = sectors * sector;
    result.clusters = result.size / cluster;
    result.mft_cluster = load_le<std::uint64_t>(boot, 48);
    result.serial = load_le<std::uint64_t>(boot, 72);
    return result;
}

// Record 0 describes the table itself; it lies where the boot sector says.
NtfsRecords::NtfsRecords(const Volume& volume, const NtfsBootSector& boot)
    : volume_(volume), boot_(boot) {
    const std::uint64_t clusters = divide_up(boot.record_size, boot.cluster_size);
    if (!fits(boot.mft_cluster, clusters, boot.clusters)) {
        ntfs_damaged("its master file table lies nowhere");
    }
    table_.runs = {{boot.mft_cluster, clusters}};
    table_.size = table_.written = boot.record_size;
    auto first = find(read_record(0), Type::Data, 0);
    if (!first || first->resident || first->runs.empty() ||
        first->runs.front().cluster != boot.mft_cluster) {
        ntfs_damaged("its master file table does not describe itself");
    }
    table_ = std::move(*first);
    if (const auto list = find(read_record(0), Type::AttributeList, 0)) {
        append_listed(0, Type::Data, *list, table_);
    }
}

std::optional<NtfsStream> NtfsRecords::stream(std::uint64_t record, Type type) const {
    const std::vector<std::byte> bytes = read_record(record);
    auto found = find(bytes, type, 0);
    const auto list = find(bytes, Type::AttributeList, 0);
    if (!list) return found;
    NtfsStream whole = found ? std::move(*found) : NtfsStream{};
    const bool begun = found.has_value();
    append_listed(record, type, *list, whole);
    if (!begun && !whole.resident && whole.runs.empty()) return std::nullopt;
    return whole;
}

bool NtfsRecords::is_in_use(std::uint64_t record, std::uint16_t sequence) const {
    if (!fits(record * boot_.record_size, boot_.record_size, table_.written)) return false;
    const std::vector<std::byte> bytes = read_record(record);
    return (load_le<std::uint16_t>(bytes, 22) & 1) != 0 &&
           load_le<std::uint16_t>(bytes, 16) == sequence;
}

void NtfsRecords::read(const NtfsStream& stream, std::uint64_t offset,
                       std::span<std::byte> out) const {
    if (!fits(offset, out.size(), stream.size)) ntfs_damaged("a file is too short");
    if (stream.resident) {
        std::ranges::copy(std::span(stream.bytes).subspan(offset, out.size()), out.begin());
        return;
    }
    const std::span<std::byte> all = out;
    std::uint64_t start = 0;
    for (const NtfsRun& run : stream.runs) {
        const std::uint64_t length = run.count * boot_.cluster_size;
        const std::uint64_t at = offset + (all.size() - out.size());
        if (!out.empty() && at < start + length) {
            const std::uint64_t skip = at - start;
            const auto part = out.first(std::min<std::uint64_t>(out.size(), length - skip));
            volume_.read(run.cluster * boot_.cluster_size + skip, part);
            out = out.subspan(part.size());
        }
        if (out.empty()) break;
        start += length;
    }
    if (!out.empty()) ntfs_damaged("a file has fewer clusters than bytes");
    if (offset + all.size() > stream.written) {
        std::ranges::fill(all.subspan(stream.written > offset ? stream.written - offset : 0),
                          std::byte{0});
    }
}

void NtfsRecords::undo_fixups(std::span<std::byte> block) {
    const std::size_t at = load_le<std::uint16_t>(block, 4);
    const std::size_t count = load_le<std::uint16_t>(block, 6);
    const std::size_t units = block.size() / kFixupUnit;
    if (count != units + 1 || at % 2 != 0 || !fits(at, count * 2, kFixupUnit - 2)) {
        ntfs_damaged("the fixups of a record lie nowhere");
    }
    for (std::size_t i = 1; i <= units; ++i) {
        const std::size_t end = i * kFixupUnit - 2;
        if (load_le<std::uint16_t>(block, end) != load_le<std::uint16_t>(block, at)) {
            ntfs_damaged("a record was written in part only");
        }
        store_le(block, end, load_le<std::uint16_t>(block, at + i * 2));
    }
}

std::vector<std::byte> NtfsRecords::read_record(std::uint64_t number) const {
    constexpr std::uint32_t kMagic = 0x454C4946;  // "FILE"
    if (number > kRecordNumber ||
        !fits(number * boot_.record_size, boot_.record_size, table_.written)) {
        ntfs_damaged(fmt::format("it refers to file record {}, which is not there", number));
    }
    std::vector<std::byte> bytes(boot_.record_size);
    read(table_, number * boot_.record_size, bytes);
    if (load_le<std::uint32_t>(bytes, 0) != kMagic) {
        ntfs_damaged(fmt::format("file record {} is not one", number));
    }
    undo_fixups(bytes);
    return bytes;
}

std::optional<NtfsStream> NtfsRecords::find(std::span<const std::byte> record, Type type,
                                            std::uint64_t first_cluster) const {
    std::optional<NtfsStream> found;
    for_each_attribute(record, [&](std::span<const std::byte> attribute) {
        if (load_le<std::uint32_t>(attribute, 0) != static_cast<std::uint32_t>(type) ||
            !has_name(attribute, 9, load_le<std::uint16_t>(attribute, 10), type)) {
            return true;
        }
        const bool resident = attribute[8] == std::byte{0};
        if ((resident ? 0 : load_le<std::uint64_t>(attribute, 16)) != first_cluster) return true;
        found = parse(attribute);
        return false;
    });
    return found;
}

NtfsStream NtfsRecords::parse(std::span<const std::byte> attribute) const {
    constexpr unsigned kCompressed = 0x00FF;
    constexpr unsigned kEncrypted = 0x4000;
    constexpr unsigned kSparse = 0x8000;
    NtfsStream stream;
    stream.resident = attribute[8] == std::byte{0};
    if ((load_le<std::uint16_t>(attribute, 12) & (kCompressed | kEncrypted | kSparse)) != 0 &&
        !stream.resident) {
        ntfs_damaged("a file of its own is compressed, encrypted or sparse");
    }
    if (stream.resident) {
        const std::size_t length = load_le<std::uint32_t>(attribute, 16);
        const std::size_t at = load_le<std::uint16_t>(attribute, 20);
        if (!fits(at, length, attribute.size())) ntfs_damaged("an attribute is too long");
        const auto bytes = attribute.subspan(at, length);
        stream.bytes.assign(bytes.begin(), bytes.end());
        stream.size = stream.written = length;
        return stream;
    }
    const auto first = load_le<std::uint64_t>(attribute, 16);
    const std::uint64_t end = load_le<std::uint64_t>(attribute, 24) + 1;
    const std::size_t pairs = load_le<std::uint16_t>(attribute, 32);
    if (end < first || end - first > boot_.clusters || pairs > attribute.size()) {
        ntfs_damaged("the clusters of a file cannot be told");
    }
    if (first == 0) {
        stream.size = load_le<std::uint64_t>(attribute, 48);
        stream.written = std::min(stream.size, load_le<std::uint64_t>(attribute, 56));
    }
    read_runs(attribute.subspan(pairs), end - first, stream);
    return stream;
}

// Each pair is a byte that tells the lengths of two numbers, which follow: how many clusters, and
// how far they are from the ones before.
void NtfsRecords::read_runs(std::span<const std::byte> pairs, std::uint64_t count,
                            NtfsStream& stream) const {
    const auto number = [&](std::size_t at, std::size_t length, bool is_signed) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < length; ++i) {
            value |= std::to_integer<std::uint64_t>(pairs[at + i]) << 8 * i;
        }
        const bool negative =
            is_signed && (pairs[at + length - 1] & std::byte{0x80}) != std::byte{0};
        return negative && length < 8 ? value | ~std::uint64_t{0} << 8 * length : value;
    };
    std::uint64_t cluster = 0;
    while (count != 0) {
        if (pairs.empty()) ntfs_damaged("the clusters of a file end too early");
        const auto lengths = std::to_integer<std::size_t>(pairs[0]);
        const std::size_t for_count = lengths & 15;
        const std::size_t for_distance = lengths >> 4;
        // No distance: a hole, which none of the files that are read here may have.
        if (for_count == 0 || for_count > 8 || for_distance == 0 || for_distance > 8 ||
            1 + for_count + for_distance > pairs.size() || stream.runs.size() == kMostRuns) {
            ntfs_damaged("the clusters of a file cannot be told");
        }
        const std::uint64_t run = number(1, for_count, false);
        cluster += number(1 + for_count, for_distance, true);
        if (run == 0 || run > count || !fits(cluster, run, boot_.clusters)) {
            ntfs_damaged("a file lies beyond its end");
        }
        stream.runs.push_back({cluster, run});
        count -= run;
        pairs = pairs.subspan(1 + for_count + for_distance);
    }
}

// The pieces of an attribute that stand in other records, in the order of the list.
void NtfsRecords::append_listed(std::uint64_t record, Type type, const NtfsStream& list,
                                NtfsStream& stream) const {
    constexpr std::size_t kEntry = 26;
    if (list.size > kMostList) ntfs_damaged("a list of attributes is too long");
    std::vector<std::byte> entries(list.size);
    read(list, 0, entries);
    std::span<const std::byte> rest(entries);
    while (rest.size() >= kEntry) {
        const std::size_t length = load_le<std::uint16_t>(rest, 4);
        if (length < kEntry || length > rest.size())
            ntfs_damaged("a list of attributes ends early");
        const auto entry = rest.first(length);
        rest = rest.subspan(length);
        const std::uint64_t other = load_le<std::uint64_t>(entry, 16) & kRecordNumber;
        if (load_le<std::uint32_t>(entry, 0) != static_cast<std::uint32_t>(type) ||
            other == record || !has_name(entry, 6, std::to_integer<std::size_t>(entry[7]), type)) {
            continue;
        }
        auto piece = find(read_record(other), type, load_le<std::uint64_t>(entry, 8));
        if (!piece) ntfs_damaged("a listed attribute is not there");
        if (load_le<std::uint64_t>(entry, 8) == 0) {
            stream = std::move(*piece);
            continue;
        }
        std::uint64_t clusters = 0;
        for (const NtfsRun& run : stream.runs) clusters += run.count;
        if (clusters != load_le<std::uint64_t>(entry, 8) ||
            stream.runs.size() + piece->runs.size() > kMostRuns) {
            ntfs_damaged("the pieces of a file do not fit together");
        }
        stream.runs.insert(stream.runs.end(), piece->runs.begin(), piece->runs.end());
    }
}

void ntfs_damaged(std::string_view why) {
    throw Error("the NTFS file system is damaged").because(why);
}

namespace {

void for_each_attribute(std::span<const std::byte> record,
                        const std::function<bool(std::span<const std::byte>)>& visit) {
    constexpr std::uint32_t kEnd = 0xFFFFFFFF;
    constexpr std::size_t kResidentHeader = 24;
    constexpr std::size_t kHeader = 64;
    const std::size_t used = load_le<std::uint32_t>(record, 24);
    const std::size_t first = load_le<std::uint16_t>(record, 20);
    if (used > record.size() || first > used) ntfs_damaged("a file record has no attributes");
    std::span<const std::byte> rest = record.subspan(first, used - first);
    while (rest.size() >= 8 && load_le<std::uint32_t>(rest, 0) != kEnd) {
        const std::size_t length = load_le<std::uint32_t>(rest, 4);
        if (length < kResidentHeader || length > rest.size() ||
            (rest[8] != std::byte{0} && length < kHeader)) {
            ntfs_damaged("an attribute is too long");
        }
        if (!visit(rest.first(length))) return;
        rest = rest.subspan(length);
    }
}

bool has_name(std::span<const std::byte> item, std::size_t length_at, std::size_t offset,
              NtfsRecords::Type type) {
    const std::size_t length = std::to_integer<std::size_t>(item[length_at]) * 2;
    const bool index =
        type == NtfsRecords::Type::IndexRoot || type == NtfsRecords::Type::IndexAllocation;
    if (!index) return length == 0;
    return fits(offset, length, item.size()) &&
           std::ranges::equal(item.subspan(offset, length), as_byte_span(kIndexName));
}

}  // namespace
}  // namespace kiln::formats
