#include "formats/file_system/ntfs_file_system.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "formats/bytes/bytes.h"
#include "formats/bytes/text.h"

namespace kiln::formats {

namespace {

using Type = NtfsRecords::Type;

constexpr std::uint64_t kMft = 0;
constexpr std::uint64_t kMirror = 1;
constexpr std::uint64_t kLogFile = 2;
constexpr std::uint64_t kVolume = 3;
constexpr std::uint64_t kRoot = 5;
constexpr std::uint64_t kBitmap = 6;
constexpr std::size_t kChunk = 64 * 1024;

/// Where a file of a directory is said to be; its high 16 bits are a sequence number.
std::vector<std::uint64_t> references_to(const NtfsRecords& records, std::uint64_t directory,
                                         std::string_view name);
void collect(std::span<const std::byte> header, std::string_view name,
             std::vector<std::uint64_t>& found);

}  // namespace

std::unique_ptr<FileSystem> open_ntfs(const Volume& volume) {
    auto boot = NtfsBootSector::read(volume);
    if (!boot) return nullptr;
    return std::make_unique<NtfsFileSystem>(volume, *boot);
}

NtfsFileSystem::NtfsFileSystem(const Volume& volume, NtfsBootSector boot)
    : boot_(boot), records_(volume, boot_) {
    info_.type = "ntfs";
    info_.uuid = fmt::format("{:016X}", boot_.serial);
    info_.size = boot_.size;
    info_.block_size = boot_.cluster_size;
    if (boot_.size > volume.size()) {
        info_.untouchable = "it is larger than its volume";
        info_.used = volume.size();
        return;
    }
    if (const auto name = records_.stream(kVolume, Type::VolumeName)) {
        info_.label = utf16le_to_utf8(name->bytes);
    }
    bitmap_ = required(kBitmap, Type::Data);
    if (std::min(bitmap_.size, bitmap_.written) < divide_up(boot_.clusters, 8)) {
        ntfs_damaged("its bitmap is too short");
    }
    metadata_ = {{0, 1}};  // the boot sector
    for (const std::uint64_t record : {kMft, kMirror, kLogFile, kBitmap}) {
        const NtfsStream stream = required(record, Type::Data);
        metadata_.insert(metadata_.end(), stream.runs.begin(), stream.runs.end());
    }
    std::ranges::sort(metadata_, {}, &NtfsRun::cluster);
    std::uint64_t free = 0;
    for_each_run([&](std::uint64_t, std::uint64_t count) { free += count; });
    info_.used = info_.size - free * boot_.cluster_size;
    info_.untouchable = find_obstacle();
    if (info_.untouchable == kOtherVersion) info_.unknown = "version";
}

void NtfsFileSystem::for_each_free(const FreeRange& visit) const {
    for_each_run([&](std::uint64_t first, std::uint64_t count) {
        check_metadata_is_used(first, count);
        visit(first * boot_.cluster_size, count * boot_.cluster_size);
    });
}

std::string NtfsFileSystem::system_by_names() const try {
    std::uint64_t directory = kRoot;
    for (const std::string_view name : {"windows", "system32", "ntoskrnl.exe"}) {
        const std::vector<std::uint64_t> found = find(directory, name);
        if (found.empty()) return {};
        directory = found.front();
    }
    return "Windows";
} catch (const Error&) {
    // What is missing may wait in the log.
    if (info_.untouchable.empty()) throw;
    return {};
}

NtfsStream NtfsFileSystem::required(std::uint64_t record, Type type) const {
    auto stream = records_.stream(record, type);
    if (!stream) ntfs_damaged(fmt::format("file record {} lacks what it is for", record));
    return std::move(*stream);
}

std::string NtfsFileSystem::find_obstacle() const {
    constexpr unsigned kBeingChecked = 0x4000;
    // Dirty, to be resized, to be upgraded, a journal being deleted, object ids to be repaired.
    constexpr unsigned kUnclean = 0x0037;
    const NtfsStream information = required(kVolume, Type::VolumeInformation);
    if (!information.resident || information.bytes.size() < 12) {
        ntfs_damaged("it does not tell its version");
    }
    const auto major = std::to_integer<unsigned>(information.bytes[8]);
    const auto minor = std::to_integer<unsigned>(information.bytes[9]);
    if (!(major == 1 && minor == 2) && !(major == 3 && minor <= 1)) {
        return std::string(kOtherVersion);
    }
    const unsigned flags = load_le<std::uint16_t>(information.bytes, 10);
    if ((flags & (kUnclean | kBeingChecked)) != 0) return "it was not unmounted cleanly";
    if (!log_is_clean()) return "its log has not been replayed";
    if (is_hibernated()) return std::string(kHibernated);
    return {};
}

// A log is done with when it is empty (all ones), or when the newer of the two pages at its start
// says so or knows of no client.
bool NtfsFileSystem::log_is_clean() const {
    constexpr std::uint64_t kLargest = std::uint64_t{1} << 30;
    constexpr std::uint32_t kMagic = 0x52545352;  // "RSTR"
    constexpr std::size_t kPage = 512;            // as much of a page as tells
    constexpr unsigned kCleanFlag = 2;
    constexpr unsigned kNoClient = 0xFFFF;
    const NtfsStream log = required(kLogFile, Type::Data);
    if (log.size > kLargest || log.size < kPage) return false;
    std::vector<std::byte> chunk;
    bool empty = true;
    for (std::uint64_t at = 0; at < log.size && empty; at += kChunk) {
        chunk.resize(std::min<std::uint64_t>(kChunk, log.size - at));
        records_.read(log, at, chunk);
        empty = chunk.front() == std::byte{0xFF} &&
                std::memcmp(chunk.data(), chunk.data() + 1, chunk.size() - 1) == 0;
    }
    if (empty) return true;
    std::array<std::byte, kPage> page;
    bool clean = false;
    std::uint64_t newest = 0;
    std::uint64_t second = 0;
    for (unsigned i = 0; i < 2; ++i) {
        if (!fits(second, page.size(), log.size)) break;
        records_.read(log, second, page);
        const std::span<const std::byte> bytes(page);
        const std::uint64_t page_size = load_le<std::uint32_t>(bytes, 16);
        const std::size_t area = load_le<std::uint16_t>(bytes, 24);
        // Both have to be there, and of the version that a clean unmount leaves behind.
        if (load_le<std::uint32_t>(bytes, 0) != kMagic || load_le<std::uint16_t>(bytes, 26) != 1 ||
            load_le<std::uint16_t>(bytes, 28) != 1 || !fits(area, 16, kPage - 2) ||
            !std::has_single_bit(page_size) || page_size < kPage || page_size > kChunk) {
            return false;
        }
        const auto lsn = load_le<std::uint64_t>(bytes, area);
        if (i == 0 || lsn > newest) {
            newest = lsn;
            clean = load_le<std::uint16_t>(bytes, area + 12) == kNoClient ||
                    (load_le<std::uint16_t>(bytes, area + 14) & kCleanFlag) != 0;
        }
        second = page_size;
    }
    return clean;
}

bool NtfsFileSystem::is_hibernated() const {
    constexpr std::size_t kHeader = 4096;
    for (const std::uint64_t record : find(kRoot, "hiberfil.sys")) {
        const auto file = records_.stream(record, Type::Data);
        if (!file || file->size < kHeader) continue;
        std::array<std::byte, kHeader> header;
        records_.read(*file, 0, header);
        const std::string_view word(reinterpret_cast<const char*>(header.data()), 4);
        const bool zeros =
            std::ranges::all_of(header, [](std::byte b) { return b == std::byte{0}; });
        if (!zeros && word != "wake" && word != "WAKE") return true;
    }
    return false;
}

std::vector<std::uint64_t> NtfsFileSystem::find(std::uint64_t directory,
                                                std::string_view name) const {
    constexpr std::uint64_t kNumber = (std::uint64_t{1} << 48) - 1;
    std::vector<std::uint64_t> found;
    for (const std::uint64_t reference : references_to(records_, directory, name)) {
        // Names that were deleted may still be read.
        const std::uint64_t number = reference & kNumber;
        if (std::ranges::find(found, number) == found.end() &&
            records_.is_in_use(number, static_cast<std::uint16_t>(reference >> 48))) {
            found.push_back(number);
        }
    }
    return found;
}

void NtfsFileSystem::check_metadata_is_used(std::uint64_t first, std::uint64_t count) const {
    // The first run that begins behind the free clusters, and the one before it.
    const auto after =
        std::ranges::upper_bound(metadata_, first + count - 1, {}, &NtfsRun::cluster);
    if (after == metadata_.begin()) return;
    const NtfsRun& before = *std::prev(after);
    if (before.cluster + before.count > first) ntfs_damaged("its bitmap calls metadata free");
}

void NtfsFileSystem::for_each_run(
    const std::function<void(std::uint64_t, std::uint64_t)>& visit) const {
    std::vector<std::byte> chunk;
    std::uint64_t start = 0;  // of the free clusters before the current one
    std::uint64_t count = 0;
    const auto flush = [&] {
        if (count != 0) visit(start, count);
        count = 0;
    };
    const std::uint64_t bytes = divide_up(boot_.clusters, 8);
    for (std::uint64_t at = 0; at < bytes; at += kChunk) {
        chunk.resize(std::min<std::uint64_t>(kChunk, bytes - at));
        records_.read(bitmap_, at, chunk);
        for (std::size_t i = 0; i < chunk.size(); ++i) {
            const std::uint64_t base = (at + i) * 8;
            if (chunk[i] == std::byte{0xFF}) {
                flush();
                continue;
            }
            for (unsigned bit = 0; bit < 8 && base + bit < boot_.clusters; ++bit) {
                if ((chunk[i] >> bit & std::byte{1}) != std::byte{0}) {
                    flush();
                } else if (count++ == 0) {
                    start = base + bit;
                }
            }
        }
    }
    flush();
}

namespace {

// All blocks of the directory, in use or not: what they name is looked at again.
std::vector<std::uint64_t> references_to(const NtfsRecords& records, std::uint64_t directory,
                                         std::string_view name) {
    constexpr std::size_t kRootHeader = 16;
    constexpr std::size_t kBlockHeader = 24;
    constexpr std::uint32_t kMagic = 0x58444E49;  // "INDX"
    constexpr std::uint64_t kMostDirectory = std::uint64_t{64} << 20;
    std::vector<std::uint64_t> found;
    const auto root = records.stream(directory, Type::IndexRoot);
    if (!root && directory != kRoot) return found;
    if (!root || !root->resident || root->bytes.size() < kRootHeader) {
        ntfs_damaged("a directory cannot be read");
    }
    const std::uint64_t block_size = load_le<std::uint32_t>(root->bytes, 8);
    collect(std::span(root->bytes).subspan(kRootHeader), name, found);
    const auto blocks = records.stream(directory, Type::IndexAllocation);
    if (!blocks) return found;
    if (!std::has_single_bit(block_size) || block_size < 512 || block_size > kChunk ||
        blocks->size > kMostDirectory) {
        ntfs_damaged("a directory cannot be read");
    }
    std::vector<std::byte> block(block_size);
    for (std::uint64_t at = 0; fits(at, block_size, blocks->size); at += block_size) {
        records.read(*blocks, at, block);
        if (load_le<std::uint32_t>(block, 0) != kMagic) continue;  // never used
        NtfsRecords::undo_fixups(block);
        collect(std::span(block).subspan(kBlockHeader), name, found);
    }
    return found;
}

void collect(std::span<const std::byte> header, std::string_view name,
             std::vector<std::uint64_t>& found) {
    constexpr std::size_t kMost = 64;
    constexpr std::size_t kEntry = 16;
    constexpr std::size_t kFileName = 66;
    constexpr unsigned kLast = 2;
    if (header.size() < kEntry) ntfs_damaged("a directory cannot be read");
    const std::size_t first = load_le<std::uint32_t>(header, 0);
    const std::size_t end = load_le<std::uint32_t>(header, 4);
    if (first > end || end > header.size()) ntfs_damaged("a directory cannot be read");
    std::span<const std::byte> rest = header.subspan(first, end - first);
    while (rest.size() >= kEntry && (load_le<std::uint16_t>(rest, 12) & kLast) == 0) {
        const std::size_t length = load_le<std::uint16_t>(rest, 8);
        if (length < kEntry || length > rest.size()) ntfs_damaged("a directory cannot be read");
        const auto entry = rest.first(length);
        rest = rest.subspan(length);
        if (length < kEntry + kFileName) continue;
        const std::size_t characters = std::to_integer<std::size_t>(entry[kEntry + 64]);
        if (!fits(kEntry + kFileName, characters * 2, length)) {
            ntfs_damaged("a directory cannot be read");
        }
        std::string text = utf16le_to_utf8(entry.subspan(kEntry + kFileName, characters * 2));
        for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (text == name && found.size() < kMost) found.push_back(load_le<std::uint64_t>(entry, 0));
    }
}

}  // namespace
}  // namespace kiln::formats
