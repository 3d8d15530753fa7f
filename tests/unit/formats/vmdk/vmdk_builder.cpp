#include "vmdk_builder.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "formats/bytes/bytes.h"
#include "formats/bytes/zero.h"
#include "formats/codec/compress.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kSector = 512;

using Bytes = VmdkBuilder::Bytes;

void put(Bytes& file, std::uint64_t position, std::span<const std::byte> bytes) {
    if (file.size() < position + bytes.size()) file.resize(position + bytes.size());
    std::memcpy(file.data() + position, bytes.data(), bytes.size());
}

Bytes grain_of(std::span<const std::byte> disk, std::uint64_t grain, std::uint64_t size) {
    Bytes bytes(size);
    const auto part = disk.subspan(grain * size).first(std::min(size, disk.size() - grain * size));
    std::copy(part.begin(), part.end(), bytes.begin());
    return bytes;
}

}  // namespace

std::string VmdkBuilder::descriptor(std::string_view create_type,
                                    const std::vector<std::string>& extent_lines) const {
    return fmt::format(
        "# Disk DescriptorFile\nversion=1\nCID={:08x}\nparentCID={:08x}\ncreateType=\"{}\"\n{}\n"
        "# Extent description\n{}\n\n# The Disk Data Base\n#DDB\nddb.adapterType = \"lsilogic\"\n",
        cid, parent_cid, create_type,
        parent_hint.empty() ? "" : fmt::format("parentFileNameHint=\"{}\"\n", parent_hint),
        fmt::join(extent_lines, "\n"));
}

Bytes VmdkBuilder::hosted(std::span<const std::byte> disk, const Hosted& options) const {
    const std::uint64_t grain_bytes = options.grain_sectors * kSector;
    const std::uint64_t grains = divide_up(disk.size(), grain_bytes);
    const std::uint64_t tables = divide_up(grains, options.table_entries);
    const std::uint64_t table_sectors = divide_up(options.table_entries * 4ULL, kSector);
    const std::uint64_t directory_sectors = divide_up(tables * 4, kSector);
    const std::uint64_t copy = directory_sectors + tables * table_sectors;
    const std::uint64_t descriptor_sectors = options.descriptor.empty() ? 0 : 20;
    const std::uint64_t redundant = 1 + descriptor_sectors;
    const std::uint64_t primary = redundant + (options.redundant_tables ? copy : 0);
    const std::uint64_t overhead = round_up(primary + copy, options.grain_sectors);

    Bytes file(overhead * kSector);
    store_le<std::uint32_t>(file, 0, 0x564d444b);
    store_le(file, 4, options.version);
    store_le<std::uint32_t>(file, 8,
                            1 | (options.redundant_tables ? 2 : 0) |
                                (options.zeroed_grains ? 4 : 0) |
                                (options.compressed ? 1 << 16 : 0));
    store_le<std::uint64_t>(file, 12, divide_up(disk.size(), kSector));
    store_le(file, 20, options.grain_sectors);
    store_le<std::uint64_t>(file, 28, descriptor_sectors == 0 ? 0 : 1);
    store_le(file, 36, descriptor_sectors);
    store_le(file, 44, options.table_entries);
    store_le<std::uint64_t>(file, 48, options.redundant_tables ? redundant : 0);
    store_le(file, 56, primary);
    store_le(file, 64, overhead);
    put(file, 73, as_byte_span("\n \r\n"));
    store_le<std::uint16_t>(file, 77, options.compressed ? 1 : 0);
    put(file, kSector, as_byte_span(options.descriptor));

    const auto set_entry = [&](std::uint64_t directory, std::uint64_t grain, std::uint64_t value) {
        const std::uint64_t index = grain / options.table_entries;
        const std::uint64_t table = directory + directory_sectors + index * table_sectors;
        store_le(file, directory * kSector + index * 4, static_cast<std::uint32_t>(table));
        store_le(file, table * kSector + grain % options.table_entries * 4,
                 static_cast<std::uint32_t>(value));
    };
    const auto set = [&](std::uint64_t grain, std::uint64_t value) {
        set_entry(primary, grain, value);
        if (options.redundant_tables) set_entry(redundant, grain, value);
    };
    for (std::uint64_t grain = 0; grain < grains; ++grain) {
        if (kind(disk, grain, grain_bytes) == Extent::Kind::Zero) set(grain, 1);
    }
    const auto compressor = make_zlib_compressor(Speed::Fast);
    for (const std::uint64_t grain : data_grains(disk, grain_bytes)) {
        Bytes bytes = grain_of(disk, grain, grain_bytes);
        if (options.compressed) {
            Bytes packed(zlib_bound(grain_bytes));
            packed.resize(compressor->compress(bytes, packed));
            packed.resize(round_up(packed.size(), kSector));
            bytes = std::move(packed);
        }
        set(grain, file.size() / kSector);
        put(file, file.size(), bytes);
    }
    return file;
}

Bytes VmdkBuilder::vmfs_sparse(std::span<const std::byte> disk, std::uint32_t grain_sectors) const {
    constexpr std::uint64_t kEntries = 4096;
    const std::uint64_t grain_bytes = grain_sectors * kSector;
    const std::uint64_t grains = divide_up(disk.size(), grain_bytes);
    const std::uint64_t tables = divide_up(grains, kEntries);
    Bytes file((4 + divide_up(tables * 4, kSector)) * kSector);
    put(file, 0, as_byte_span("COWD"));
    store_le<std::uint32_t>(file, 4, 1);
    store_le<std::uint32_t>(file, 8, 3);
    store_le(file, 12, static_cast<std::uint32_t>(divide_up(disk.size(), kSector)));
    store_le(file, 16, grain_sectors);
    store_le<std::uint32_t>(file, 20, 4);
    store_le(file, 24, static_cast<std::uint32_t>(tables));
    // Tables come into being among the grains, as they are needed.
    for (const std::uint64_t grain : data_grains(disk, grain_bytes)) {
        const std::uint64_t at = 4 * kSector + grain / kEntries * 4;
        if (load_le<std::uint32_t>(file, at) == 0) {
            store_le(file, at, static_cast<std::uint32_t>(file.size() / kSector));
            file.resize(file.size() + kEntries * 4);
        }
        const std::uint64_t table = load_le<std::uint32_t>(file, at) * kSector;
        store_le(file, table + grain % kEntries * 4,
                 static_cast<std::uint32_t>(file.size() / kSector));
        put(file, file.size(), grain_of(disk, grain, grain_bytes));
    }
    store_le(file, 28, static_cast<std::uint32_t>(file.size() / kSector));
    return file;
}

Bytes VmdkBuilder::se_sparse(std::span<const std::byte> disk) const {
    constexpr std::uint64_t kEntries = 4096;
    constexpr std::uint64_t kGrain = 4096;
    constexpr std::uint64_t kTableBytes = kEntries * 8;
    const std::uint64_t grains = divide_up(disk.size(), kGrain);
    const std::uint64_t tables = divide_up(grains, kEntries);
    const std::uint64_t directory = 4096;  // sectors, behind the journal
    const std::uint64_t directory_sectors = round_up(divide_up(tables * 8, kSector), 8);
    const std::uint64_t tables_at = directory + directory_sectors;
    const std::uint64_t grains_at = tables_at + tables * (kTableBytes / kSector);
    Bytes file(grains_at * kSector);
    const auto field = [&](std::size_t index, std::uint64_t value) {
        store_le(file, index * 8, value);
    };
    field(0, 0xcafebabe);
    field(1, 0x0000000200000001);
    field(2, divide_up(disk.size(), kSector));
    field(3, kGrain / kSector);
    field(4, kTableBytes / kSector);
    field(10, 1);
    field(11, 1);
    field(12, 2);
    field(13, 2);
    field(14, 2048);
    field(15, 2048);
    field(16, directory);
    field(17, directory_sectors);
    field(18, tables_at);
    field(19, tables * (kTableBytes / kSector));
    field(24, grains_at);
    store_le<std::uint64_t>(file, kSector, 0xcafecafe);

    std::uint64_t next_table = 0;
    const auto set = [&](std::uint64_t grain, std::uint64_t value) {
        const std::uint64_t at = directory * kSector + grain / kEntries * 8;
        if (load_le<std::uint64_t>(file, at) == 0) {
            store_le(file, at, 0x1000000000000000 | next_table++);
        }
        const std::uint64_t table = load_le<std::uint64_t>(file, at) & 0xffffffff;
        store_le(file, tables_at * kSector + table * kTableBytes + grain % kEntries * 8, value);
    };
    for (std::uint64_t grain = 0; grain < grains; ++grain) {
        // Zeros, and what the guest has unmapped.
        if (kind(disk, grain, kGrain) == Extent::Kind::Zero) set(grain, (1ULL + grain % 2) << 60);
    }
    std::uint64_t number = 0;
    for (const std::uint64_t grain : data_grains(disk, kGrain)) {
        set(grain, 0x3000000000000000 | (number & 0xfff) << 48 | number >> 12);
        put(file, grains_at * kSector + number++ * kGrain, grain_of(disk, grain, kGrain));
    }
    field(25, number * (kGrain / kSector));
    return file;
}

Extent::Kind VmdkBuilder::kind(std::span<const std::byte> disk, std::uint64_t grain,
                               std::uint64_t grain_bytes) const {
    if (kind_of) return kind_of(grain);
    return is_zero(grain_of(disk, grain, grain_bytes)) ? Extent::Kind::Hole : Extent::Kind::Data;
}

std::vector<std::uint64_t> VmdkBuilder::data_grains(std::span<const std::byte> disk,
                                                    std::uint64_t grain_bytes) const {
    std::vector<std::uint64_t> grains;
    for (std::uint64_t grain = 0; grain < divide_up(disk.size(), grain_bytes); ++grain) {
        if (kind(disk, grain, grain_bytes) == Extent::Kind::Data) grains.push_back(grain);
    }
    if (backwards) std::ranges::reverse(grains);
    return grains;
}

}  // namespace kiln::formats
