#include "formats/vhdx/vhdx_source.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/error.h"
#include "formats/parent.h"

namespace kiln::formats {

using vhdx::BlockState;

VhdxSource::VhdxSource(VhdxImage image, std::unique_ptr<Source> parent)
    : image_(std::move(image)), geometry_(image_.metadata.geometry()), parent_(std::move(parent)) {}

Extent VhdxSource::next_extent(std::uint64_t offset, std::uint64_t limit) const {
    const std::uint64_t size = geometry_.disk_size;
    const std::uint64_t end = limit < size - offset ? offset + limit : size;
    Tables tables(*image_.file);
    const Mapping first = map(offset, tables);
    if (first.kind == Mapping::Kind::Parent && parent_)
        return parent_extent(*parent_, offset, first.length);
    if (first.kind == Mapping::Kind::Stored) {
        bool stored = true;
        const std::uint64_t stop = stored_end(offset, end, tables, stored);
        return {offset, stop - offset, stored ? Extent::Kind::Data : Extent::Kind::Zero};
    }
    std::uint64_t stop = offset + first.length;
    while (stop < end) {
        const Mapping next = map(stop, tables);
        if (next.kind != first.kind) break;
        stop += next.length;
    }
    const bool zero = first.kind == Mapping::Kind::Zero;
    return {offset, stop - offset, zero ? Extent::Kind::Zero : Extent::Kind::Hole};
}

void VhdxSource::read(std::uint64_t offset, std::span<std::byte> out) const {
    Tables tables(*image_.file);
    while (!out.empty()) {
        const Mapping mapping = map(offset, tables);
        std::uint64_t length = std::min<std::uint64_t>(mapping.length, out.size());
        switch (mapping.kind) {
            case Mapping::Kind::Stored:
                // Blocks that follow each other in the file are read in one call.
                while (length < out.size()) {
                    const Mapping next = map(offset + length, tables);
                    if (next.kind != mapping.kind || next.host != mapping.host + length) break;
                    length = std::min<std::uint64_t>(length + next.length, out.size());
                }
                image_.file->read(mapping.host, out.first(length));
                break;
            case Mapping::Kind::Zero:
                std::memset(out.data(), 0, length);
                break;
            case Mapping::Kind::Parent:
                read_parent(parent_.get(), offset, out.first(length));
                break;
        }
        offset += length;
        out = out.subspan(length);
    }
}

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

VhdxSource::Mapping VhdxSource::map(std::uint64_t offset, Tables& tables) const {
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
bool VhdxSource::map_sectors(std::uint64_t offset, Tables& tables, Mapping& mapping) const {
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

// Walks on as long as blocks are stored and the file has data in them, or has not.
std::uint64_t VhdxSource::stored_end(std::uint64_t offset, std::uint64_t end, Tables& tables,
                                     bool& stored) const {
    std::uint64_t stop = offset;
    std::uint64_t known_begin = 0;
    vhdx::VhdxFile::Stretch known;
    while (stop < end) {
        const Mapping mapping = map(stop, tables);
        if (mapping.kind != Mapping::Kind::Stored) break;
        const bool is_known = mapping.host >= known_begin && mapping.host < known.end;
        if (!is_known) known = image_.file->stretch(mapping.host, mapping.length);
        known_begin = mapping.host;
        if (stop == offset) stored = known.stored;
        if (known.stored != stored) break;
        const std::uint64_t length = std::min(mapping.length, known.end - mapping.host);
        stop += length;
        if (length != mapping.length) break;
    }
    return stop;
}

void VhdxSource::damaged(std::uint64_t offset, std::string_view reason) const {
    throw Error(
        fmt::format("{} is damaged at guest offset {}", image_.file->input().name(), offset))
        .because(reason)
        .with_hint("Run `kiln image check` on it for a list of what is wrong.");
}

}  // namespace kiln::formats
