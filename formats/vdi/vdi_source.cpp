#include "formats/vdi/vdi_source.h"

#include <algorithm>

#include "formats/bytes/bytes.h"

namespace kiln::formats {

std::unique_ptr<Source> open_vdi(InputFile file, const OpenOptions&) {
    const vdi::Header header = vdi::Header::read(file);
    return std::make_unique<VdiSource>(std::move(file), header);
}

SourceInfo VdiSource::info() const {
    const std::string subformat = header_.type == vdi::ImageType::Static ? "static" : "dynamic";
    SourceInfo info;
    info.format = "vdi";
    info.virtual_size = header_.disk_size;
    info.cluster_size = header_.block_size;
    info.details.emplace_back("subformat", subformat);
    info.writer_options["subformat"] = subformat;
    return info;
}

VdiSource::Mapping VdiSource::map(std::uint64_t offset, EntryTables& tables) const {
    const std::uint64_t in_block = offset % header_.block_size;
    const std::uint64_t place = header_.map_offset + offset / header_.block_size * 4;
    const auto entry = load_le<std::uint32_t>(tables.entries.at(place, 4), 0);
    Mapping mapping;
    mapping.length = std::min(header_.block_size - in_block, header_.disk_size - offset);
    if (entry == vdi::kUnused) return mapping;
    if (entry == vdi::kZero) {
        mapping.kind = Mapping::Kind::Zero;
        return mapping;
    }
    // Either product fits; their sum does when both lie within the file.
    const std::uint64_t start = std::uint64_t{entry} * header_.block_size;
    const std::uint64_t extra = std::uint64_t{entry} * header_.block_extra;
    const std::uint64_t before =
        header_.data_offset + std::uint64_t{header_.block_extra} + in_block;
    const std::uint64_t size = file().size();
    if (start > size || extra > size || !fits(start + extra, before, size) ||
        !fits(start + extra + before, mapping.length, size)) {
        damaged(offset, "its block lies outside of the file");
    }
    mapping.kind = Mapping::Kind::Stored;
    mapping.host = start + extra + before;
    return mapping;
}

}  // namespace kiln::formats
