#include "formats/vhd/vhd_header.h"

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/text.h"

namespace kiln::formats::vhd {

namespace {

constexpr std::string_view kFooterCookie = "conectix";
constexpr std::string_view kHeaderCookie = "cxsparse";
constexpr std::uint32_t kFeatures = 2;  // a reserved bit that is always set
constexpr std::uint32_t kVersion = 0x00010000;
constexpr std::uint32_t kCreatorVersion = 0x00060001;
constexpr std::size_t kFooterChecksum = 64;
constexpr std::size_t kHeaderChecksum = 36;

bool has_text(std::span<const std::byte> bytes, std::string_view text);
std::uint32_t checksum(std::span<const std::byte> bytes, std::size_t field);
bool has_footer_cookie(const InputFile& file, std::uint64_t offset);
std::array<std::byte, kFooterSize> footer_at(const InputFile& file, std::uint64_t offset);
std::string utf16be(std::span<const std::byte> bytes);

}  // namespace

std::string_view name_of(DiskType type) {
    switch (type) {
        case DiskType::Fixed:
            return "fixed";
        case DiskType::Dynamic:
            return "dynamic";
        case DiskType::Differencing:
            break;
    }
    return "differencing";
}

Chs Chs::of_sectors(std::uint64_t sectors) {
    sectors = std::min<std::uint64_t>(sectors, std::uint64_t{65535} * 16 * 255);
    std::uint64_t per_track = 255;
    std::uint64_t heads = 16;
    std::uint64_t tracks = sectors / per_track;
    if (sectors < std::uint64_t{65535} * 16 * 63) {
        per_track = 17;
        tracks = sectors / per_track;
        heads = std::max<std::uint64_t>((tracks + 1023) / 1024, 4);
        if (tracks >= heads * 1024 || heads > 16) {
            per_track = 31;
            heads = 16;
            tracks = sectors / per_track;
        }
        if (tracks >= heads * 1024) {
            per_track = 63;
            heads = 16;
            tracks = sectors / per_track;
        }
    }
    return {static_cast<std::uint16_t>(tracks / heads), static_cast<std::uint8_t>(heads),
            static_cast<std::uint8_t>(per_track)};
}

std::array<std::byte, kFooterSize> Footer::encode() const {
    std::array<std::byte, kFooterSize> bytes{};
    std::ranges::copy(as_byte_span(kFooterCookie), bytes.begin());
    store_be(bytes, 8, kFeatures);
    store_be(bytes, 12, kVersion);
    store_be(bytes, 16, data_offset);
    std::ranges::copy(as_byte_span(creator).first(4), bytes.begin() + 28);
    store_be(bytes, 32, kCreatorVersion);
    std::ranges::copy(as_byte_span("Wi2k"), bytes.begin() + 36);
    store_be(bytes, 40, current_size);
    store_be(bytes, 48, current_size);
    store_be(bytes, 56, geometry.cylinders);
    bytes[58] = std::byte{geometry.heads};
    bytes[59] = std::byte{geometry.sectors_per_track};
    store_be(bytes, 60, static_cast<std::uint32_t>(type));
    std::ranges::copy(id, bytes.begin() + 68);
    store_be(bytes, kFooterChecksum, checksum(bytes, kFooterChecksum));
    return bytes;
}

std::optional<Footer> Footer::decode(std::span<const std::byte> bytes) {
    if (!has_text(bytes, kFooterCookie)) return {};
    if (load_be<std::uint32_t>(bytes, kFooterChecksum) != checksum(bytes, kFooterChecksum)) {
        return {};
    }
    Footer footer;
    footer.data_offset = load_be<std::uint64_t>(bytes, 16);
    footer.creator = text_until_nul(bytes.subspan(28, 4));
    footer.current_size = load_be<std::uint64_t>(bytes, 48);
    footer.geometry.cylinders = load_be<std::uint16_t>(bytes, 56);
    footer.geometry.heads = std::to_integer<std::uint8_t>(bytes[58]);
    footer.geometry.sectors_per_track = std::to_integer<std::uint8_t>(bytes[59]);
    const auto type = load_be<std::uint32_t>(bytes, 60);
    if (type < 2 || type > 4) return {};
    footer.type = static_cast<DiskType>(type);
    std::ranges::copy(bytes.subspan(68, 16), footer.id.begin());
    footer.saved_state = bytes[84] != std::byte{0};
    return footer;
}

const Footer* Footers::main() const {
    if (trailing) return &*trailing;
    // A fixed disk begins with the guest's own bytes.
    if (leading && leading->type != DiskType::Fixed) return &*leading;
    return nullptr;
}

Footers read_footers(const InputFile& file) {
    Footers footers;
    const std::uint64_t size = file.size();
    if (size < kFooterSize - 1) return footers;
    footers.trailing_offset = size - std::min<std::uint64_t>(size, kFooterSize);
    if (!has_footer_cookie(file, footers.trailing_offset) &&
        has_footer_cookie(file, size - (kFooterSize - 1))) {
        footers.trailing_offset = size - (kFooterSize - 1);
    }
    footers.leading_cookie = has_footer_cookie(file, 0);
    footers.trailing_cookie = has_footer_cookie(file, footers.trailing_offset);
    const auto leading = footer_at(file, 0);
    const auto trailing = footer_at(file, footers.trailing_offset);
    footers.leading = Footer::decode(leading);
    footers.trailing = Footer::decode(trailing);
    footers.equal = leading == trailing;
    return footers;
}

bool has_cookie(const InputFile& file) {
    const std::uint64_t size = file.size();
    if (size < kFooterSize - 1) return false;
    return has_footer_cookie(file, 0) ||
           has_footer_cookie(file, size - std::min<std::uint64_t>(size, kFooterSize)) ||
           has_footer_cookie(file, size - (kFooterSize - 1));
}

std::uint64_t DynamicHeader::bitmap_size() const {
    return round_up(divide_up(block_size / kSector, 8), kSector);
}

std::vector<std::byte> DynamicHeader::encode() const {
    std::vector<std::byte> bytes(kHeaderSize);
    std::ranges::copy(as_byte_span(kHeaderCookie), bytes.begin());
    store_be(bytes, 8, ~std::uint64_t{0});
    store_be(bytes, 16, table_offset);
    store_be(bytes, 24, kVersion);
    store_be(bytes, 28, entries);
    store_be(bytes, 32, block_size);
    store_be(bytes, kHeaderChecksum, checksum(bytes, kHeaderChecksum));
    return bytes;
}

DynamicHeader DynamicHeader::read(const InputFile& file, const Footer& footer) {
    if (!fits(footer.data_offset, kHeaderSize, file.size())) {
        refuse(file, "its dynamic header lies outside of the file");
    }
    std::vector<std::byte> bytes(kHeaderSize);
    file.read(footer.data_offset, bytes);
    if (!has_text(bytes, kHeaderCookie)) refuse(file, "its dynamic header is missing");
    if (load_be<std::uint32_t>(bytes, kHeaderChecksum) != checksum(bytes, kHeaderChecksum)) {
        refuse(file, "the checksum of its dynamic header is wrong");
    }
    DynamicHeader header;
    header.table_offset = load_be<std::uint64_t>(bytes, 16);
    header.entries = load_be<std::uint32_t>(bytes, 28);
    header.block_size = load_be<std::uint32_t>(bytes, 32);
    if (!std::has_single_bit(header.block_size) || header.block_size < kSector) {
        refuse(file, fmt::format("its block size is {}", header.block_size));
    }
    if (!fits(header.table_offset, std::uint64_t{header.entries} * 4, file.size())) {
        refuse(file, "its block allocation table lies outside of the file");
    }
    const std::uint64_t table_end = header.table_offset + std::uint64_t{header.entries} * 4;
    if (header.table_offset < kFooterSize ||
        (header.table_offset < footer.data_offset + kHeaderSize &&
         footer.data_offset < table_end)) {
        refuse(file, "its block allocation table lies over its headers");
    }
    if (std::uint64_t{header.entries} * header.block_size < footer.current_size) {
        refuse(file, "its block allocation table is too small for its disk");
    }
    std::ranges::copy(std::span(bytes).subspan(40, 16), header.parent_id.begin());
    header.parent_name = utf16be(std::span(bytes).subspan(64, 512));
    for (std::size_t i = 0; i < header.locators.size(); ++i) {
        const auto entry = std::span(bytes).subspan(576 + i * 24, 24);
        header.locators[i] = {load_be<std::uint32_t>(entry, 0), load_be<std::uint32_t>(entry, 8),
                              load_be<std::uint64_t>(entry, 16)};
    }
    return header;
}

void refuse(const InputFile& file, std::string_view reason) {
    throw Error(fmt::format("{} is no VHD that can be read", file.name())).because(reason);
}

namespace {

bool has_text(std::span<const std::byte> bytes, std::string_view text) {
    return std::ranges::equal(bytes.first(text.size()), as_byte_span(text));
}

// The complement of the sum of all bytes but the checksum's.
std::uint32_t checksum(std::span<const std::byte> bytes, std::size_t field) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i < field || i >= field + 4) sum += std::to_integer<std::uint32_t>(bytes[i]);
    }
    return ~sum;
}

bool has_footer_cookie(const InputFile& file, std::uint64_t offset) {
    std::array<std::byte, kFooterCookie.size()> cookie;
    file.read(offset, cookie);
    return has_text(cookie, kFooterCookie);
}

// The last byte of the old form, which is reserved, is not in the file.
std::array<std::byte, kFooterSize> footer_at(const InputFile& file, std::uint64_t offset) {
    std::array<std::byte, kFooterSize> bytes{};
    const auto there = std::min<std::uint64_t>(kFooterSize, file.size() - offset);
    file.read(offset, std::span(bytes).first(there));
    return bytes;
}

std::string utf16be(std::span<const std::byte> bytes) {
    std::vector<std::byte> little(bytes.begin(), bytes.end());
    for (std::size_t i = 0; i + 1 < little.size(); i += 2) std::swap(little[i], little[i + 1]);
    return utf16le_to_utf8(little);
}

}  // namespace
}  // namespace kiln::formats::vhd
