#include "formats/volume/lvm_label.h"

#include <array>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/checksum.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kSector = 512;
constexpr std::uint32_t kChecksumSeed = 0xF597A6CF;
constexpr std::uint64_t kLongestText = std::uint64_t{1} << 20;
constexpr unsigned kMostAreas = 8;

using Sector = std::array<std::byte, kSector>;

struct Area {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
LvmLabel parse(const Volume& volume, const Sector& sector, std::uint64_t position);
/// A list of areas that ends with an empty one; `at` goes behind it.
std::vector<Area> read_areas(const Sector& sector, std::size_t& at);
std::string read_metadata(const Volume& volume, const Area& area);
[[noreturn]] void damaged(std::string_view reason);

}  // namespace

std::optional<LvmLabel> read_lvm_label(const Volume& volume) {
    constexpr std::uint64_t kSectorsToLook = 4;
    for (std::uint64_t i = 0; i < kSectorsToLook; ++i) {
        if (!fits(i * kSector, kSector, volume.size())) break;
        Sector sector;
        volume.read(i * kSector, sector);
        const std::string_view text = text_of(sector);
        if (text.substr(0, 8) != "LABELONE" || text.substr(24, 8) != "LVM2 001") continue;
        return parse(volume, sector, i);
    }
    return std::nullopt;
}

namespace {

LvmLabel parse(const Volume& volume, const Sector& sector, std::uint64_t position) {
    constexpr std::size_t kChecked = 20;
    constexpr std::size_t kHeader = 40;  // UUID and size
    if (load_le<std::uint64_t>(sector, 8) != position) damaged("its label belongs elsewhere");
    const std::uint32_t sum = crc32_raw(kChecksumSeed, std::span(sector).subspan(kChecked));
    if (sum != load_le<std::uint32_t>(sector, 16)) damaged("its label's checksum is wrong");
    std::size_t at = load_le<std::uint32_t>(sector, 20);
    if (at < 32 || !fits(at, kHeader, kSector)) damaged("its label has an impossible size");
    LvmLabel label;
    label.uuid = text_of(sector).substr(at, 32);
    label.size = load_le<std::uint64_t>(sector, at + 32);
    at += kHeader;
    read_areas(sector, at);  // where data lies; the group's text says it better
    for (const Area& area : read_areas(sector, at)) {
        std::string text = read_metadata(volume, area);
        if (label.text.empty())
            label.text = std::move(text);
        else if (!text.empty() && text != label.text)
            damaged("its copies of the metadata differ");
    }
    return label;
}

std::vector<Area> read_areas(const Sector& sector, std::size_t& at) {
    std::vector<Area> areas;
    while (fits(at, 16, kSector)) {
        const Area area{load_le<std::uint64_t>(sector, at), load_le<std::uint64_t>(sector, at + 8)};
        at += 16;
        if (area.offset == 0) return areas;
        if (areas.size() == kMostAreas) break;
        areas.push_back(area);
    }
    damaged("its list of areas does not end");
}

std::string read_metadata(const Volume& volume, const Area& area) {
    constexpr std::string_view kMagic = " LVM2 x[5A%r0N*>";
    constexpr std::uint32_t kIgnored = 1;
    if (area.length < 2 * kSector || !fits(area.offset, area.length, volume.size())) {
        damaged("its metadata lies beyond the end");
    }
    Sector header;
    volume.read(area.offset, header);
    const std::uint32_t sum = crc32_raw(kChecksumSeed, std::span(header).subspan(4));
    if (sum != load_le<std::uint32_t>(header, 0) || text_of(header).substr(4, 16) != kMagic ||
        load_le<std::uint32_t>(header, 20) != 1) {
        damaged("its metadata's header is damaged");
    }
    const auto offset = load_le<std::uint64_t>(header, 40);
    const auto length = load_le<std::uint64_t>(header, 48);
    const auto checksum = load_le<std::uint32_t>(header, 56);
    if (offset == 0 || length == 0) return {};
    if ((load_le<std::uint32_t>(header, 60) & kIgnored) != 0) return {};
    if (offset < kSector || offset >= area.length || length > area.length - kSector ||
        length > kLongestText) {
        damaged("its metadata lies beyond its area");
    }
    // The area is a ring behind its header.
    std::string text(length, '\0');
    const auto bytes = std::as_writable_bytes(std::span(text));
    const std::uint64_t first = std::min(length, area.length - offset);
    volume.read(area.offset + offset, bytes.first(first));
    volume.read(area.offset + kSector, bytes.subspan(first));
    if (crc32_raw(kChecksumSeed, bytes) != checksum) damaged("its metadata's checksum is wrong");
    return text;
}

void damaged(std::string_view reason) {
    throw Error("the LVM physical volume is damaged").because(reason);
}

}  // namespace
}  // namespace kiln::formats
