#include "formats/vdi/vdi_header.h"

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "formats/bytes/bytes.h"

namespace kiln::formats::vdi {

namespace {

constexpr std::string_view kText = "<<< Oracle VM VirtualBox Disk Image >>>\n";
constexpr std::uint32_t kSignature = 0xbeda107f;
constexpr std::size_t kSignatureOffset = 64;
constexpr std::uint32_t kVersion = 0x00010001;
constexpr std::uint32_t kMinHeader = 384;  // up to and with the parent's identifier
constexpr std::uint32_t kWrittenHeader = 400;

void check(const InputFile& file, const Header& header);

}  // namespace

std::array<std::byte, kHeaderSize> Header::encode() const {
    std::array<std::byte, kHeaderSize> bytes{};
    std::ranges::copy(as_byte_span(kText), bytes.begin());
    store_le(bytes, kSignatureOffset, kSignature);
    store_le(bytes, 68, kVersion);
    store_le(bytes, 72, kWrittenHeader);
    store_le(bytes, 76, static_cast<std::uint32_t>(type));
    store_le(bytes, 340, map_offset);
    store_le(bytes, 344, data_offset);
    store_le(bytes, 360, static_cast<std::uint32_t>(kSector));
    store_le(bytes, 368, disk_size);
    store_le(bytes, 376, block_size);
    store_le(bytes, 380, block_extra);
    store_le(bytes, 384, blocks);
    store_le(bytes, 388, allocated);
    std::ranges::copy(id, bytes.begin() + 392);
    std::ranges::copy(snapshot_id, bytes.begin() + 408);
    std::ranges::copy(link, bytes.begin() + 424);
    std::ranges::copy(parent, bytes.begin() + 440);
    return bytes;
}

Header Header::read(const InputFile& file) {
    if (!has_signature(file)) refuse(file, "its signature is missing");
    if (file.size() < kHeaderSize) refuse(file, "it ends within its header");
    std::array<std::byte, kHeaderSize> bytes;
    file.read(0, bytes);
    const auto word = [&](std::size_t at) { return load_le<std::uint32_t>(bytes, at); };
    if (word(68) >> 16 != kVersion >> 16) {
        refuse(file, fmt::format("its version is {}.{}", word(68) >> 16, word(68) & 0xffff));
    }
    if (word(72) < kMinHeader) refuse(file, "its header is too short");
    Header header;
    header.type = static_cast<ImageType>(word(76));
    header.map_offset = word(340);
    header.data_offset = word(344);
    header.disk_size = load_le<std::uint64_t>(bytes, 368);
    header.block_size = word(376);
    header.block_extra = word(380);
    header.blocks = word(384);
    header.allocated = word(388);
    std::ranges::copy(std::span(bytes).subspan(392, 16), header.id.begin());
    std::ranges::copy(std::span(bytes).subspan(408, 16), header.snapshot_id.begin());
    std::ranges::copy(std::span(bytes).subspan(424, 16), header.link.begin());
    std::ranges::copy(std::span(bytes).subspan(440, 16), header.parent.begin());
    if (const std::uint32_t sector = word(360); sector != kSector) {
        refuse(file, fmt::format("its sectors have {} bytes", sector));
    }
    check(file, header);
    return header;
}

bool has_signature(const InputFile& file) {
    if (file.size() < kSignatureOffset + 4) return false;
    std::array<std::byte, 4> bytes;
    file.read(kSignatureOffset, bytes);
    return load_le<std::uint32_t>(bytes, 0) == kSignature;
}

void refuse(const InputFile& file, std::string_view reason) {
    throw Error(fmt::format("{} is no VDI that can be read", file.name())).because(reason);
}

namespace {

void check(const InputFile& file, const Header& header) {
    if (header.type == ImageType::Undo || header.type == ImageType::Differencing ||
        header.link != Uuid{} || header.parent != Uuid{}) {
        throw Error(fmt::format("{} is a differencing VDI", file.name()))
            .because("its parent is known to VirtualBox only by an identifier")
            .with_hint("Merge it with `VBoxManage clonemedium`, then take the copy.");
    }
    if (header.type != ImageType::Dynamic && header.type != ImageType::Static) {
        refuse(file, fmt::format("its image type is {}", static_cast<std::uint32_t>(header.type)));
    }
    if (!std::has_single_bit(header.block_size) || header.block_size < kSector) {
        refuse(file, fmt::format("its block size is {}", header.block_size));
    }
    if (std::uint64_t{header.blocks} * header.block_size < header.disk_size) {
        refuse(file, "it has too few blocks for its disk");
    }
    const std::uint64_t map_size = std::uint64_t{header.blocks} * 4;
    if (header.map_offset < kHeaderSize || !fits(header.map_offset, map_size, file.size())) {
        refuse(file, "its block map lies outside of the file");
    }
    if (header.data_offset < header.map_offset + map_size) {
        refuse(file, "its blocks begin within its block map");
    }
}

}  // namespace
}  // namespace kiln::formats::vdi
