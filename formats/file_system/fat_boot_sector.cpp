#include "formats/file_system/fat_boot_sector.h"

#include <array>
#include <bit>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/text.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kBootSize = 512;
constexpr std::uint32_t kMostClusters12 = 4084;
constexpr std::uint32_t kMostClusters16 = 65524;
constexpr std::uint32_t kMostClusters32 = 0x0FFFFFF5;

bool looks_like_fat(std::span<const std::byte> boot);
void read_extension(std::span<const std::byte> boot, FatBootSector& fat);
void place(std::span<const std::byte> boot, FatBootSector& fat);
[[noreturn]] void damaged(std::string_view why);

std::uint32_t byte_at(std::span<const std::byte> bytes, std::size_t position) {
    return std::to_integer<std::uint32_t>(bytes[position]);
}

}  // namespace

std::optional<FatBootSector> FatBootSector::read(const Volume& volume) {
    std::array<std::byte, kBootSize> bytes;
    if (volume.size() < bytes.size()) return std::nullopt;
    volume.read(0, bytes);
    const std::span<const std::byte> boot(bytes);
    if (!looks_like_fat(boot)) return std::nullopt;
    FatBootSector fat;
    fat.sector_size = load_le<std::uint16_t>(boot, 11);
    fat.cluster_size = fat.sector_size * byte_at(boot, 13);
    fat.tables = byte_at(boot, 16);
    fat.media = static_cast<std::uint8_t>(byte_at(boot, 21));
    place(boot, fat);
    read_extension(boot, fat);
    return fat;
}

std::string fat_label(std::span<const std::byte> bytes) {
    std::string text = text_until_nul(bytes);
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

namespace {

// There is no magic: what must be so in each of the fields together stands for one.
bool looks_like_fat(std::span<const std::byte> boot) {
    constexpr std::uint16_t kBootSignature = 0xAA55;
    const std::uint32_t jump = byte_at(boot, 0);
    const std::uint32_t sector = load_le<std::uint16_t>(boot, 11);
    const std::uint32_t media = byte_at(boot, 21);
    const std::uint32_t tables = byte_at(boot, 16);
    return load_le<std::uint16_t>(boot, 510) == kBootSignature && (jump == 0xEB || jump == 0xE9) &&
           sector >= 512 && sector <= 4096 && std::has_single_bit(sector) &&
           std::has_single_bit(byte_at(boot, 13)) && load_le<std::uint16_t>(boot, 14) != 0 &&
           (tables == 1 || tables == 2) && (media == 0xF0 || media >= 0xF8) &&
           (load_le<std::uint16_t>(boot, 19) != 0 || load_le<std::uint32_t>(boot, 32) != 0) &&
           (load_le<std::uint16_t>(boot, 22) != 0 || load_le<std::uint32_t>(boot, 36) != 0);
}

void place(std::span<const std::byte> boot, FatBootSector& fat) {
    constexpr std::uint32_t kEntrySize = 32;
    const std::uint32_t small_sectors = load_le<std::uint16_t>(boot, 19);
    const std::uint32_t small_table = load_le<std::uint16_t>(boot, 22);
    const std::uint32_t root_entries = load_le<std::uint16_t>(boot, 17);
    fat.sectors = small_sectors != 0 ? small_sectors : load_le<std::uint32_t>(boot, 32);
    const std::uint64_t table_sectors =
        small_table != 0 ? small_table : load_le<std::uint32_t>(boot, 36);
    const std::uint64_t reserved = load_le<std::uint16_t>(boot, 14);
    const std::uint64_t root_sectors =
        divide_up(std::uint64_t{root_entries} * kEntrySize, fat.sector_size);
    const std::uint64_t data_sector = reserved + fat.tables * table_sectors + root_sectors;
    if (data_sector >= fat.sectors) damaged("there is no room for data behind its tables");
    const std::uint64_t clusters =
        (fat.sectors - data_sector) / (fat.cluster_size / fat.sector_size);
    // The number of clusters tells 12 bits from 16. For 32 bits Microsoft's text says so too, but
    // every system goes by the field that only this kind leaves 0, and mkfs.fat -F 32 makes small
    // ones of them.
    fat.bits = small_table == 0 ? 32 : clusters <= kMostClusters12 ? 12 : 16;
    if (clusters == 0 || clusters > (fat.bits == 32 ? kMostClusters32 : kMostClusters16)) {
        damaged(fmt::format("it has {} clusters", clusters));
    }
    fat.clusters = static_cast<std::uint32_t>(clusters);
    fat.table_offset = reserved * fat.sector_size;
    fat.table_size = table_sectors * fat.sector_size;
    if (fat.table_size * 8 / fat.bits < clusters + 2) {
        damaged(fmt::format("its table is too small for {} clusters", clusters));
    }
    fat.data_offset = data_sector * fat.sector_size;
    if (fat.bits != 32) {
        if (root_entries == 0) damaged("it has no root directory");
        fat.root_size = std::uint64_t{root_entries} * kEntrySize;
        fat.root_offset = (data_sector - root_sectors) * fat.sector_size;
        return;
    }
    fat.root_cluster = load_le<std::uint32_t>(boot, 44);
    if (root_entries != 0 || !fat.is_cluster(fat.root_cluster)) {
        damaged("its root directory lies nowhere");
    }
    if (load_le<std::uint16_t>(boot, 42) != 0) damaged("it is of a version that is not known");
    fat.mirrored = (byte_at(boot, 40) & 0x80) == 0;
}

void read_extension(std::span<const std::byte> boot, FatBootSector& fat) {
    constexpr std::uint32_t kWithSerial = 0x28;
    constexpr std::uint32_t kWithLabel = 0x29;
    const auto extension = boot.subspan(fat.bits == 32 ? 64 : 36);
    const std::uint32_t kind = byte_at(extension, 2);
    if (kind != kWithSerial && kind != kWithLabel) return;
    fat.state = static_cast<std::uint8_t>(byte_at(extension, 1));
    const auto serial = load_le<std::uint32_t>(extension, 3);
    fat.uuid = fmt::format("{:04X}-{:04X}", serial >> 16, serial & 0xFFFF);
    if (kind == kWithLabel) fat.label = fat_label(extension.subspan(7, 11));
    if (fat.label == "NO NAME") fat.label.clear();
}

void damaged(std::string_view why) {
    throw Error("the FAT file system is damaged").because(why);
}

}  // namespace
}  // namespace kiln::formats
