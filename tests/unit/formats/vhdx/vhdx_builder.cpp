#include "vhdx_builder.h"

#include <algorithm>

#include "formats/vhdx/vhdx_metadata.h"
#include "formats/vhdx/vhdx_regions.h"

namespace kiln::formats {

using vhdx::BlockState;
using vhdx::kMiB;

namespace {

constexpr vhdx::Guid kLogGuid = vhdx::guid("10000000-2000-3000-4000-500000000000");
constexpr std::size_t kSector = 4096;

void put(Bytes& file, std::uint64_t offset, std::span<const std::byte> bytes) {
    if (file.size() < offset + bytes.size()) file.resize(offset + bytes.size());
    std::ranges::copy(bytes, file.begin() + static_cast<std::ptrdiff_t>(offset));
}

// A parent locator with its entries, and all text behind them.
Bytes encode_locator(const std::vector<std::pair<std::string, std::string>>& entries) {
    Bytes bytes(20 + 12 * entries.size());
    vhdx::guid("B04AEFB7-D19E-4A81-B789-25B8E9445913").store(bytes, 0);
    store_le(bytes, 18, static_cast<std::uint16_t>(entries.size()));
    std::size_t entry = 20;
    const auto add = [&](const std::string& text, std::size_t offset_at, std::size_t length_at) {
        store_le(bytes, entry + offset_at, static_cast<std::uint32_t>(bytes.size()));
        store_le(bytes, entry + length_at, static_cast<std::uint16_t>(2 * text.size()));
        for (const char c : text) {
            bytes.push_back(static_cast<std::byte>(c));
            bytes.push_back(std::byte{0});
        }
    };
    for (const auto& [key, value] : entries) {
        add(key, 0, 8);
        add(value, 4, 10);
        entry += 12;
    }
    return bytes;
}

}  // namespace

Bytes VhdxBuilder::build() const {
    Bytes file(kFirstBlock);
    put(file, 0, vhdx::encode_file_identifier(u"test"));
    vhdx::Header header;
    header.data_write = data_write;
    header.log_offset = kLog;
    header.log_length = kMiB;
    if (!log.empty()) header.log = kLogGuid;
    for (const std::uint64_t offset : vhdx::kHeaderOffsets) {
        ++header.sequence;
        put(file, offset, header.encode());
    }
    const vhdx::Regions regions{{kBat, kMiB}, {kMetadata, kMiB}};
    for (const std::uint64_t offset : vhdx::kRegionTableOffsets)
        put(file, offset, regions.encode());
    write_metadata(file);
    write_blocks(file);
    write_log(file);
    return file;
}

std::uint64_t VhdxBuilder::place(std::uint64_t block) const {
    std::uint64_t offset = bitmaps_place(chunks());
    for (const auto& [index, content] : blocks) {
        if (index == block) break;
        if (content.state >= BlockState::FullyPresent) offset += block_size;
    }
    return offset;
}

std::uint64_t VhdxBuilder::bat_place(std::uint64_t block) const {
    const vhdx::Geometry geometry{disk_size, block_size, sector_size};
    return kBat + 8 * geometry.payload_index(block);
}

void VhdxBuilder::set_parent(const std::string& relative_path, const vhdx::Guid& identity) {
    locator = {{"parent_linkage", identity.text()},
               {"relative_path", relative_path},
               {"absolute_win32_path", "\\\\?\\d:\\elsewhere\\parent.vhdx"}};
}

std::uint64_t VhdxBuilder::chunks() const {
    const vhdx::Geometry geometry{disk_size, block_size, sector_size};
    return locator.empty() ? 0 : divide_up(geometry.blocks(), geometry.chunk_ratio());
}

std::uint64_t VhdxBuilder::bitmaps_place(std::uint64_t chunk) const {
    return kFirstBlock + chunk * vhdx::kBitmapBlock;
}

void VhdxBuilder::write_metadata(Bytes& file) const {
    vhdx::Metadata metadata;
    metadata.block_size = block_size;
    metadata.disk_size = disk_size;
    metadata.disk_id = data_write;
    metadata.logical_sector = sector_size;
    Bytes bytes = metadata.encode();
    if (!locator.empty()) {
        store_le(bytes, 65536 + 4, std::uint32_t{2});  // has a parent
        const Bytes item = encode_locator(locator);
        const std::size_t entry = 32 + 5 * 32;
        vhdx::guid("A8D35F2D-B30B-454D-ABF7-D3D84834AB0C").store(bytes, entry);
        store_le(bytes, entry + 16, std::uint32_t{131072});
        store_le(bytes, entry + 20, static_cast<std::uint32_t>(item.size()));
        store_le(bytes, entry + 24, std::uint32_t{4});
        store_le(bytes, 10, std::uint16_t{6});
        put(bytes, 131072, item);
    }
    put(file, kMetadata, bytes);
}

void VhdxBuilder::write_blocks(Bytes& file) const {
    const vhdx::Geometry geometry{disk_size, block_size, sector_size};
    for (std::uint64_t chunk = 0; chunk < chunks(); ++chunk) {
        const std::uint64_t entry = bitmaps_place(chunk) | 6;
        store_le(file, kBat + 8 * geometry.bitmap_index(chunk), entry);
        file.resize(bitmaps_place(chunk + 1));
    }
    for (const auto& [first, count] : present) {
        for (std::uint64_t sector = first; sector < first + count; ++sector) {
            const std::uint64_t bit = sector % vhdx::kSectorsPerChunk;
            file[bitmaps_place(sector / vhdx::kSectorsPerChunk) + bit / 8] |= std::byte{1}
                                                                              << bit % 8;
        }
    }
    for (const auto& [index, block] : blocks) {
        std::uint64_t entry = static_cast<std::uint64_t>(block.state);
        if (block.state >= BlockState::FullyPresent) {
            entry |= place(index);
            file.resize(place(index) + block_size);
            put(file, place(index), block.bytes);
        }
        store_le(file, bat_place(index), entry);
    }
}

void VhdxBuilder::write_log(Bytes& file) const {
    std::uint64_t position = log_start;
    std::uint32_t tail = static_cast<std::uint32_t>(log_start);
    for (const LogEntry& entry : log) {
        if (entry.sequence == log_first) tail = static_cast<std::uint32_t>(position);
        Bytes bytes = encode_entry(entry, tail, file.size());
        if (entry.torn) std::fill(bytes.begin() + kSector, bytes.end(), std::byte{0});
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            file[kLog + (position + i) % kMiB] = bytes[i];
        }
        position = (position + bytes.size()) % kMiB;
    }
}

Bytes VhdxBuilder::encode_entry(const LogEntry& entry, std::uint32_t tail,
                                std::uint64_t file_size) const {
    Bytes bytes(round_up(64 + 32 * entry.changes.size(), kSector));
    store_le(bytes, 0, std::uint32_t{0x65676f6c});
    store_le(bytes, 12, tail);
    store_le(bytes, 16, entry.sequence);
    store_le(bytes, 24, static_cast<std::uint32_t>(entry.changes.size()));
    kLogGuid.store(bytes, 32);
    store_le(bytes, 48, file_size_in_log != 0 ? file_size_in_log : file_size);
    store_le(bytes, 56, last_offset_in_log != 0 ? last_offset_in_log : file_size);
    std::size_t descriptor = 64;
    for (const Change& change : entry.changes) {
        const bool zeros = change.page.empty();
        store_le(bytes, descriptor, std::uint32_t{zeros ? 0x6f72657aU : 0x63736564U});
        store_le(bytes, descriptor + 16, change.offset);
        store_le(bytes, descriptor + 24, entry.sequence);
        if (zeros) {
            store_le(bytes, descriptor + 8, change.length);
        } else {
            Bytes sector = change.page;
            std::copy_n(sector.begin(), 8, bytes.begin() + descriptor + 8);
            std::copy_n(sector.end() - 4, 4, bytes.begin() + descriptor + 4);
            store_le(sector, 0, std::uint32_t{0x61746164});
            store_le(sector, 4, static_cast<std::uint32_t>(entry.sequence >> 32));
            store_le(sector, kSector - 4, static_cast<std::uint32_t>(entry.sequence));
            bytes.insert(bytes.end(), sector.begin(), sector.end());
        }
        descriptor += 32;
    }
    store_le(bytes, 8, static_cast<std::uint32_t>(bytes.size()));
    store_le(bytes, 4, vhdx::checksum(bytes));
    return bytes;
}

void fix_checksum(Bytes& file, std::size_t offset, std::size_t size) {
    store_le(file, offset + 4, vhdx::checksum(std::span(file).subspan(offset, size)));
}

void fix_headers(Bytes& file) {
    for (const std::uint64_t at : vhdx::kHeaderOffsets) fix_checksum(file, at, vhdx::kHeaderSize);
}

void fix_regions(Bytes& file) {
    for (const std::uint64_t at : vhdx::kRegionTableOffsets) {
        fix_checksum(file, at, vhdx::kTableSize);
    }
}

Bytes page_of(char fill) {
    return Bytes(kSector, static_cast<std::byte>(fill));
}

}  // namespace kiln::formats
