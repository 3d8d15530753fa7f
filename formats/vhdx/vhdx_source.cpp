#include "formats/vhdx/vhdx_source.h"

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "formats/core/parent.h"

namespace kiln::formats {

using vhdx::BlockState;

VhdxSource::VhdxSource(VhdxImage image, std::unique_ptr<Source> parent)
    : BlockSource(image.metadata.disk_size, std::move(parent)),
      image_(std::move(image)),
      geometry_(image_.metadata.geometry()) {}

SourceInfo VhdxSource::info() const {
    const vhdx::Header& header = image_.file->header();
    const vhdx::Metadata& metadata = image_.metadata;
    SourceInfo info;
    info.format = "vhdx";
    info.virtual_size = metadata.disk_size;
    info.cluster_size = metadata.block_size;
    if (metadata.parent) {
        info.backing_name = metadata.parent->shown_path();
        info.backing_format = "vhdx";
    }
    if (!header.log.is_null()) info.features.emplace_back("log to be replayed");
    info.details.emplace_back("subformat", image_.subformat());
    if (const std::string creator = vhdx::read_creator(image_.file->input()); !creator.empty()) {
        info.details.emplace_back("creator", creator);
    }
    info.details.emplace_back("logical sector size", std::to_string(metadata.logical_sector));
    info.details.emplace_back("physical sector size", std::to_string(metadata.physical_sector));
    info.details.emplace_back("log size", std::to_string(header.log_length));
    info.writer_options["subformat"] = metadata.leave_blocks_allocated ? "fixed" : "dynamic";
    info.writer_options["block_size"] = std::to_string(metadata.block_size);
    if (header.log_length != 0) {
        info.writer_options["log_size"] = fmt::format("{}M", header.log_length / vhdx::kMiB);
    }
    return info;
}

VhdxSource::Mapping VhdxSource::map(std::uint64_t offset, VhdxTables& tables) const {
    const std::uint64_t block = offset / geometry_.block_size;
    const std::uint64_t in_block = offset % geometry_.block_size;
    const std::uint64_t entry = tables.bat.at(image_.bat_entry(geometry_.payload_index(block)));
    Mapping mapping;
    mapping.length = std::min(geometry_.block_size - in_block, geometry_.disk_size - offset);
    switch (vhdx::state_of(entry)) {
        case BlockState::NotPresent:
            return mapping;
        case BlockState::Undefined:
        case BlockState::Zero:
        case BlockState::Unmapped:
            mapping.kind = Mapping::Kind::Zero;
            return mapping;
        case BlockState::FullyPresent:
            break;
        case BlockState::PartiallyPresent:
            if (!image_.metadata.has_parent) damaged(offset, "a part of its block is a parent's");
            if (!map_sectors(offset, tables, mapping)) return mapping;
            break;
        default:
            damaged(offset, "its block's state is not known");
    }
    const std::uint64_t host = entry & vhdx::kOffsetMask;
    if (host < vhdx::kHeaderSection || !fits(host, in_block, image_.file->size()) ||
        !fits(host + in_block, mapping.length, image_.file->size())) {
        damaged(offset, "its block lies outside of the file");
    }
    mapping.kind = Mapping::Kind::Stored;
    mapping.host = host + in_block;
    return mapping;
}

// Shortens the mapping to the sectors that are of one kind; whether they are in this file.
bool VhdxSource::map_sectors(std::uint64_t offset, VhdxTables& tables, Mapping& mapping) const {
    constexpr std::uint64_t kWordBits = 64;
    const std::uint64_t sector = offset / geometry_.sector_size;
    const std::uint64_t entry =
        tables.bat.at(image_.bat_entry(geometry_.bitmap_index(sector / vhdx::kSectorsPerChunk)));
    const std::uint64_t host = entry & vhdx::kOffsetMask;
    if (vhdx::state_of(entry) != BlockState::FullyPresent || host < vhdx::kHeaderSection ||
        !fits(host, vhdx::kBitmapBlock, image_.file->size())) {
        damaged(offset, "its block has no sector bitmap within the file");
    }
    const std::uint64_t first = sector % vhdx::kSectorsPerChunk;
    const std::uint64_t end =
        divide_up(offset + mapping.length, geometry_.sector_size) - sector + first;
    std::optional<bool> present;
    std::uint64_t bit = first;
    while (bit < end) {
        std::uint64_t bits = tables.bitmap.at(host + bit / kWordBits * 8) >> bit % kWordBits;
        if (!present) present = (bits & 1) != 0;
        if (*present) bits = ~bits;
        const std::uint64_t left = kWordBits - bit % kWordBits;
        const std::uint64_t same = std::min<std::uint64_t>(std::countr_zero(bits), left);
        bit += same;
        if (same != left) break;
    }
    const std::uint64_t stop = (sector - first + std::min(bit, end)) * geometry_.sector_size;
    mapping.length = std::min(mapping.length, stop - offset);
    return *present;
}

}  // namespace kiln::formats
