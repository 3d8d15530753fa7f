#include "formats/vhd/vhd_source.h"

#include <algorithm>

#include <fmt/format.h>

#include "formats/bytes/bytes.h"

namespace kiln::formats {

using vhd::kSector;

VhdSource::VhdSource(VhdImage image, std::unique_ptr<Source> parent)
    : BlockSource(image.footer.current_size, std::move(parent)), image_(std::move(image)) {}

SourceInfo VhdSource::info() const {
    const vhd::Footer& footer = image_.footer;
    SourceInfo info;
    info.format = "vhd";
    info.virtual_size = footer.current_size;
    if (image_.header) info.cluster_size = image_.header->block_size;
    if (footer.type == vhd::DiskType::Differencing) {
        info.backing_name = image_.parent_path;
        info.backing_format = "vhd";
    }
    if (footer.saved_state) info.features.emplace_back("saved state");
    info.details.emplace_back("subformat", vhd::name_of(footer.type));
    info.details.emplace_back("creator", footer.creator);
    info.details.emplace_back(
        "geometry", fmt::format("{}/{}/{}", footer.geometry.cylinders, footer.geometry.heads,
                                footer.geometry.sectors_per_track));
    info.writer_options["subformat"] = footer.type == vhd::DiskType::Fixed ? "fixed" : "dynamic";
    return info;
}

VhdSource::Mapping VhdSource::map(std::uint64_t offset, EntryTables& tables) const {
    if (!image_.header) {
        return {Mapping::Kind::Stored, image_.footer.current_size - offset, offset};
    }
    const vhd::DynamicHeader& header = *image_.header;
    const std::uint64_t in_block = offset % header.block_size;
    const std::uint64_t place = header.table_offset + offset / header.block_size * 4;
    const auto entry = load_be<std::uint32_t>(tables.entries.at(place, 4), 0);
    Mapping mapping;
    mapping.length = std::min(header.block_size - in_block, image_.footer.current_size - offset);
    if (entry == vhd::kUnused) return mapping;
    const std::uint64_t bitmap = std::uint64_t{entry} * kSector;
    const std::uint64_t before = header.bitmap_size() + in_block;
    if (!fits(bitmap, before, file().size()) ||
        !fits(bitmap + before, mapping.length, file().size())) {
        damaged(offset, "its block lies outside of the file");
    }
    if (map_sectors(bitmap, in_block, tables, mapping)) {
        mapping.kind = Mapping::Kind::Stored;
        mapping.host = bitmap + before;
    }
    return mapping;
}

// Shortens the mapping to the sectors that are of one kind; whether they are in this file.
bool VhdSource::map_sectors(std::uint64_t bitmap, std::uint64_t in_block, EntryTables& tables,
                            Mapping& mapping) const {
    const std::uint64_t first = in_block / kSector;
    const std::uint64_t end = divide_up(in_block + mapping.length, kSector);
    const auto bits_at = [&](std::uint64_t sector) {
        return std::to_integer<unsigned>(tables.bitmap.at(bitmap + sector / 8, 1)[0]);
    };
    const auto present = [&](std::uint64_t sector) {
        return (bits_at(sector) >> (7 - sector % 8) & 1) != 0;
    };
    const bool here = present(first);
    const unsigned whole = here ? 0xff : 0;
    std::uint64_t sector = first + 1;
    while (sector < end) {
        if (sector % 8 == 0 && bits_at(sector) == whole) {
            sector += 8;
        } else if (present(sector) == here) {
            ++sector;
        } else {
            break;
        }
    }
    const std::uint64_t stop = std::min(sector, end) * kSector;
    mapping.length = std::min(mapping.length, stop - in_block);
    return here;
}

}  // namespace kiln::formats
