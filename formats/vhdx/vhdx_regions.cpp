#include "formats/vhdx/vhdx_regions.h"

#include <algorithm>

namespace kiln::formats::vhdx {

namespace {

constexpr std::uint32_t kSignature = 0x69676572;  // "regi"
constexpr Guid kBat = guid("2DC27766-F623-4200-9D64-115E9BFD4A08");
constexpr Guid kMetadata = guid("8B7CA206-4790-4B9A-B8FE-575F050F886E");
constexpr std::size_t kEntries = 16;
constexpr std::size_t kEntry = 32;
constexpr std::uint32_t kRequired = 1;

Copy<Regions> read_copy(const VhdxFile& file, std::uint64_t offset);
Copy<Regions> decode(const VhdxFile& file, std::span<const std::byte> table);
std::string placement_problem(const VhdxFile& file, std::span<const Region> earlier,
                              const Region& region);
void encode_entry(std::span<std::byte> table, std::size_t index, const Guid& name,
                  const Region& region);

}  // namespace

std::vector<std::byte> Regions::encode() const {
    std::vector<std::byte> table(kTableSize);
    store_le(table, 0, kSignature);
    store_le(table, 8, std::uint32_t{2});
    encode_entry(table, 0, kBat, bat);
    encode_entry(table, 1, kMetadata, metadata);
    store_le(table, 4, checksum(table));
    return table;
}

std::array<Copy<Regions>, 2> read_regions(const VhdxFile& file) {
    return {read_copy(file, kRegionTableOffsets[0]), read_copy(file, kRegionTableOffsets[1])};
}

Regions usable_regions(const VhdxFile& file) {
    const auto copies = read_regions(file);
    for (const auto& copy : copies) {
        if (copy.content) return *copy.content;
    }
    refuse(file.input(),
           fmt::format("neither of its region tables can be used: {}", copies[0].problem));
}

namespace {

Copy<Regions> read_copy(const VhdxFile& file, std::uint64_t offset) {
    if (!fits(offset, kTableSize, file.size())) return {std::nullopt, "the file ends before it"};
    std::vector<std::byte> table(kTableSize);
    file.read(offset, table);
    if (load_le<std::uint32_t>(table, 0) != kSignature) {
        return {std::nullopt, "its signature is missing"};
    }
    if (load_le<std::uint32_t>(table, 4) != checksum(table)) {
        return {std::nullopt, "its checksum is wrong"};
    }
    return decode(file, table);
}

Copy<Regions> decode(const VhdxFile& file, std::span<const std::byte> table) {
    const auto count = load_le<std::uint32_t>(table, 8);
    if (count > kMaxTableEntries) {
        return {std::nullopt,
                fmt::format("it has {} entries and may have {}", count, kMaxTableEntries)};
    }
    std::optional<Region> bat;
    std::optional<Region> metadata;
    const Header& header = file.header();
    std::vector<Region> taken = {{0, kHeaderSection}, {header.log_offset, header.log_length}};
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto entry = table.subspan(kEntries + i * kEntry, kEntry);
        const Guid name = Guid::load(entry, 0);
        const Region region{load_le<std::uint64_t>(entry, 16), load_le<std::uint32_t>(entry, 24)};
        const bool required = (load_le<std::uint32_t>(entry, 28) & kRequired) != 0;
        std::optional<Region>* known = name == kBat        ? &bat
                                       : name == kMetadata ? &metadata
                                                           : nullptr;
        if (known == nullptr && required) {
            return {std::nullopt, fmt::format("it requires the unknown region {}", name.text())};
        }
        if (known == nullptr) continue;
        if (*known) return {std::nullopt, "it names a region twice"};
        if (auto problem = placement_problem(file, taken, region); !problem.empty()) {
            return {std::nullopt, std::move(problem)};
        }
        *known = region;
        taken.push_back(region);
    }
    if (!bat || !metadata) {
        return {std::nullopt, fmt::format("it does not name the {}",
                                          bat ? "metadata" : "block allocation table")};
    }
    return {Regions{*bat, *metadata}, {}};
}

std::string placement_problem(const VhdxFile& file, std::span<const Region> earlier,
                              const Region& region) {
    if (region.offset % kMiB != 0 || region.length % kMiB != 0 || region.length == 0) {
        return fmt::format("the region at {} does not begin and end at multiples of 1 MiB",
                           region.offset);
    }
    if (!fits(region.offset, region.length, file.size())) {
        return fmt::format("the region at {} lies outside of the file", region.offset);
    }
    for (const Region& other : earlier) {
        const bool apart = region.offset >= other.end() || other.offset >= region.end();
        if (!apart) {
            return fmt::format("the region at {} overlaps another one, the headers or the log",
                               region.offset);
        }
    }
    return {};
}

void encode_entry(std::span<std::byte> table, std::size_t index, const Guid& name,
                  const Region& region) {
    const auto entry = table.subspan(kEntries + index * kEntry, kEntry);
    name.store(entry, 0);
    store_le(entry, 16, region.offset);
    store_le(entry, 24, static_cast<std::uint32_t>(region.length));
    store_le(entry, 28, kRequired);
}

}  // namespace
}  // namespace kiln::formats::vhdx
