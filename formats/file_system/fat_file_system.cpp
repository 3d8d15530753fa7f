#include "formats/file_system/fat_file_system.h"

#include <algorithm>
#include <array>

#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kChunk = 3 * 16 * 1024;  // whole entries of each width
constexpr std::uint32_t kNumberMask = 0x0FFFFFFF;

std::optional<FileSystemInfo> read_exfat(const Volume& volume);

/// exFAT is recognised and left alone.
class ExFat : public FileSystem {
  public:
    explicit ExFat(FileSystemInfo info) : info_(std::move(info)) {}
    FileSystemInfo info() const override { return info_; }
    void for_each_free(const FreeRange& visit) const override { (void)visit; }

  private:
    FileSystemInfo info_;
};

}  // namespace

std::unique_ptr<FileSystem> open_fat(const Volume& volume) {
    if (auto exfat = read_exfat(volume)) return std::make_unique<ExFat>(std::move(*exfat));
    auto boot = FatBootSector::read(volume);
    if (!boot) return nullptr;
    return std::make_unique<FatFileSystem>(volume, std::move(*boot));
}

FatFileSystem::FatFileSystem(const Volume& volume, FatBootSector boot)
    : volume_(volume), boot_(std::move(boot)) {
    info_.type = "vfat";
    info_.label = boot_.label;
    info_.uuid = boot_.uuid;
    info_.size = boot_.size();
    info_.block_size = boot_.cluster_size;
    if (boot_.size() > volume.size()) {
        info_.untouchable = "it is larger than its volume";
        info_.used = volume.size();
        return;
    }
    const Table table = read_table();
    info_.used = info_.size - table.free * boot_.cluster_size;
    info_.untouchable = find_obstacle(table);
    if (std::string label = root_label(); !label.empty()) info_.label = std::move(label);
}

void FatFileSystem::for_each_free(const FreeRange& visit) const {
    std::uint32_t first = 0;  // of the free clusters that end before the current one
    std::uint32_t count = 0;
    const auto flush = [&] {
        if (count == 0) return;
        visit(boot_.offset_of(first), std::uint64_t{count} * boot_.cluster_size);
        count = 0;
    };
    for_each_entry([&](std::uint32_t cluster, std::uint32_t value) {
        if (!boot_.is_cluster(cluster)) return;
        if (value != 0) {
            flush();
        } else if (count++ == 0) {
            first = cluster;
        }
    });
    flush();
}

// Entries of 32 bits have 4 that mean nothing; they are masked but in entries 0 and 1.
void FatFileSystem::for_each_entry(const EntryVisit& visit) const {
    const std::uint64_t entries = std::uint64_t{boot_.clusters} + 2;
    const std::uint64_t bytes = divide_up(entries * boot_.bits, 8);
    std::vector<std::byte> chunk(std::min<std::uint64_t>(kChunk, bytes));
    std::uint64_t cluster = 0;
    for (std::uint64_t position = 0; position < bytes; position += chunk.size()) {
        chunk.resize(std::min<std::uint64_t>(kChunk, bytes - position));
        volume_.read(boot_.table_offset + position, chunk);
        const std::uint64_t end = std::min(entries, cluster + chunk.size() * 8 / boot_.bits);
        for (std::size_t i = 0; cluster < end; ++cluster, ++i) {
            std::uint32_t value = 0;
            if (boot_.bits == 32) {
                value = load_le<std::uint32_t>(chunk, i * 4) & kNumberMask;
            } else if (boot_.bits == 16) {
                value = load_le<std::uint16_t>(chunk, i * 2);
            } else {
                const unsigned pair = load_le<std::uint16_t>(chunk, i * 3 / 2);
                value = i % 2 == 0 ? pair & 0xFFF : pair >> 4;
            }
            visit(static_cast<std::uint32_t>(cluster), value);
        }
    }
}

FatFileSystem::Table FatFileSystem::read_table() const {
    const std::uint32_t bad = boot_.bits == 32 ? 0x0FFFFFF7 : (1U << boot_.bits) - 9;
    Table table;
    for_each_entry([&](std::uint32_t cluster, std::uint32_t value) {
        if (cluster == 0) table.media = value;
        if (cluster == 1) table.flags = value;
        if (!boot_.is_cluster(cluster)) return;
        if (value == 0) {
            ++table.free;
            if (cluster == boot_.root_cluster) table.root_in_use = false;
        } else if (!boot_.is_cluster(value) && value < bad) {
            table.sound = false;
        }
    });
    return table;
}

std::string FatFileSystem::find_obstacle(const Table& table) const {
    constexpr std::uint8_t kMounted = 1;
    constexpr std::uint8_t kErrors = 2;
    constexpr std::string_view kUnclean = "it was not unmounted cleanly";
    constexpr std::string_view kErrorsNoted = "errors were noted in it";
    if ((table.media & 0xFF) != boot_.media) return "its table does not begin with its media type";
    // Tables of 12 bits have no such flags.
    if (boot_.bits != 12) {
        const std::uint32_t clean = boot_.bits == 32 ? 0x08000000 : 0x8000;
        if ((table.flags & clean) == 0) return std::string(kUnclean);
        if ((table.flags & clean / 2) == 0) return std::string(kErrorsNoted);
    }
    if ((boot_.state & kMounted) != 0) return std::string(kUnclean);
    if ((boot_.state & kErrors) != 0) return std::string(kErrorsNoted);
    if (!table.root_in_use) return "its root directory is marked as free";
    if (!table.sound) return "its table leads beyond its end";
    if (!boot_.mirrored) return "its tables are not kept alike";
    if (copies_differ()) return "its tables differ";
    return {};
}

bool FatFileSystem::copies_differ() const {
    if (boot_.tables < 2) return false;
    const std::uint64_t bytes = divide_up((std::uint64_t{boot_.clusters} + 2) * boot_.bits, 8);
    std::vector<std::byte> first;
    std::vector<std::byte> second;
    for (std::uint64_t position = 0; position < bytes; position += kChunk) {
        first.resize(std::min<std::uint64_t>(kChunk, bytes - position));
        second.resize(first.size());
        volume_.read(boot_.table_offset + position, first);
        volume_.read(boot_.table_offset + boot_.table_size + position, second);
        if (first != second) return true;
    }
    return false;
}

// The entry of the root directory that is neither a file nor a piece of a long name.
std::string FatFileSystem::root_label() const {
    constexpr std::uint64_t kMostBytes = 65536 * 32;
    constexpr std::size_t kEntrySize = 32;
    constexpr unsigned kVolumeLabel = 0x08;
    constexpr unsigned kKindMask = 0x18;  // a long name's piece is a label by this and more
    constexpr unsigned kLongName = 0x0F;
    std::array<std::byte, kEntrySize> bytes;
    const std::span<const std::byte> item(bytes);
    std::uint32_t cluster = boot_.root_cluster;
    const std::uint64_t most = boot_.bits == 32 ? kMostBytes : boot_.root_size;
    for (std::uint64_t position = 0; position < most; position += kEntrySize) {
        std::uint64_t at = boot_.root_offset + position;
        if (boot_.bits == 32) {
            const std::uint64_t within = position % boot_.cluster_size;
            if (position != 0 && within == 0) cluster = entry(cluster);
            if (!boot_.is_cluster(cluster)) break;
            at = boot_.offset_of(cluster) + within;
        }
        volume_.read(at, bytes);
        const auto first = std::to_integer<unsigned>(item[0]);
        const auto attributes = std::to_integer<unsigned>(item[11]);
        if (first == 0) break;
        if (first == 0xE5 || (attributes & kKindMask) != kVolumeLabel ||
            (attributes & kLongName) == kLongName) {
            continue;
        }
        if (first == 0x05) bytes[0] = std::byte{0xE5};
        return fat_label(item.first(11));
    }
    return {};
}

std::uint32_t FatFileSystem::entry(std::uint32_t cluster) const {
    std::array<std::byte, 4> bytes;
    volume_.read(boot_.table_offset + std::uint64_t{cluster} * bytes.size(), bytes);
    return load_le<std::uint32_t>(bytes, 0) & kNumberMask;
}

namespace {

std::optional<FileSystemInfo> read_exfat(const Volume& volume) {
    using namespace std::string_view_literals;
    std::array<std::byte, 512> bytes;
    if (volume.size() < bytes.size()) return std::nullopt;
    volume.read(0, bytes);
    const std::span<const std::byte> boot(bytes);
    const std::string_view name(reinterpret_cast<const char*>(bytes.data()) + 3, 8);
    if (name != "EXFAT   "sv || load_le<std::uint16_t>(boot, 510) != 0xAA55) return std::nullopt;
    FileSystemInfo info;
    info.type = "exfat";
    const auto serial = load_le<std::uint32_t>(boot, 100);
    info.uuid = fmt::format("{:04X}-{:04X}", serial >> 16, serial & 0xFFFF);
    info.size = volume.size();
    info.used = volume.size();
    info.untouchable = "exFAT is not read";
    info.unknown = "type (exFAT)";
    return info;
}

}  // namespace
}  // namespace kiln::formats
