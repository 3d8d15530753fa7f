#include "formats/packed/zip_directory.h"

#include <array>
#include <optional>
#include <vector>

#include "formats/bytes/bytes.h"
#include "formats/packed/inflate_stream.h"

namespace kiln::formats {

namespace {

// Section 4.3 of the specification; all numbers are little-endian.
constexpr std::uint32_t kLocalMagic = 0x04034b50;
constexpr std::uint32_t kEntryMagic = 0x02014b50;
constexpr std::uint32_t kEndMagic = 0x06054b50;
constexpr std::uint32_t kEnd64Magic = 0x06064b50;
constexpr std::uint32_t kLocator64Magic = 0x07064b50;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kLocator64Size = 20;
constexpr std::size_t kEntrySize = 46;
constexpr std::size_t kLocalSize = 30;
constexpr std::uint16_t kFull16 = 0xffff;
constexpr std::uint32_t kFull32 = 0xffffffff;
constexpr std::uint64_t kMaxEntries = 4096;
constexpr std::uint64_t kMaxDirectory = std::uint64_t{4} << 20;

struct Directory {
    std::uint64_t entries = 0;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};
struct Entry {
    ZipMember member;
    std::uint64_t local_offset = 0;
    std::uint16_t flags = 0;
    std::uint16_t method = 0;
    std::uint32_t mode = 0;  // Unix: 0 where the archive comes from elsewhere
    bool is_directory() const { return member.name.ends_with('/'); }
};

Directory find_directory(const InputFile& file);
std::optional<std::uint64_t> find_end(const InputFile& file);
std::vector<Entry> list_files(const InputFile& file, const Directory& directory);
Entry parse_entry(const InputFile& file, std::span<const std::byte> bytes);
void apply_zip64(const InputFile& file, std::span<const std::byte> extra, Entry& entry);
void check_readable(const InputFile& file, const Entry& entry);
std::uint64_t find_data(const InputFile& file, const Entry& entry);
[[noreturn]] void damaged(const InputFile& file);

}  // namespace

ZipMember find_zip_member(const InputFile& file) {
    std::vector<Entry> files = list_files(file, find_directory(file));
    if (files.size() != 1) {
        throw Error(fmt::format("{} holds {} files", file.name(), files.size()))
            .because("a zip archive is read as a disk when one file is in it")
            .with_hint("Unpack it with unzip and give the image that is meant.");
    }
    Entry& entry = files.front();
    check_readable(file, entry);
    entry.member.data_offset = find_data(file, entry);
    entry.member.deflated = entry.method != 0;
    return entry.member;
}

std::unique_ptr<ByteStream> open_zip_member(const InputFile& file, const ZipMember& member) {
    InputFile data = file.window(member.data_offset, member.stored_size, member.name);
    return member.deflated ? make_deflate_stream(std::move(data), member.plain_size, member.crc32)
                           : make_stored_stream(std::move(data), member.crc32);
}

namespace {

Directory find_directory(const InputFile& file) {
    const auto end = find_end(file);
    if (!end) {
        throw Error(fmt::format("{} is cut off or no zip archive", file.name()))
            .because("its directory, which stands at the end, is not there")
            .with_hint("Fetch or copy it again.");
    }
    std::array<std::byte, kEndSize> bytes;
    file.read(*end, bytes);
    Directory directory{load_le<std::uint16_t>(bytes, 10), load_le<std::uint32_t>(bytes, 16),
                        load_le<std::uint32_t>(bytes, 12)};
    const bool full =
        directory.entries == kFull16 || directory.offset == kFull32 || directory.size == kFull32;
    if (full && *end >= kLocator64Size) {
        std::array<std::byte, kLocator64Size> locator;
        file.read(*end - kLocator64Size, locator);
        if (load_le<std::uint32_t>(locator, 0) == kLocator64Magic) {
            const auto offset = load_le<std::uint64_t>(locator, 8);
            std::array<std::byte, kEnd64Size> end64;
            if (!fits(offset, end64.size(), file.size())) damaged(file);
            file.read(offset, end64);
            if (load_le<std::uint32_t>(end64, 0) != kEnd64Magic) damaged(file);
            directory = {load_le<std::uint64_t>(end64, 32), load_le<std::uint64_t>(end64, 48),
                         load_le<std::uint64_t>(end64, 40)};
        }
    }
    if (!fits(directory.offset, directory.size, *end)) damaged(file);
    if (directory.entries > kMaxEntries || directory.size > kMaxDirectory) {
        throw Error(fmt::format("{} holds {} files", file.name(), directory.entries))
            .with_hint("Unpack it with unzip and give the image that is meant.");
    }
    return directory;
}

// From the end backwards: a comment of at most 65535 bytes may stand behind.
std::optional<std::uint64_t> find_end(const InputFile& file) {
    if (file.size() < kEndSize) return std::nullopt;
    const std::uint64_t length = std::min<std::uint64_t>(file.size(), kEndSize + kFull16);
    std::vector<std::byte> tail(length);
    const std::uint64_t begin = file.size() - length;
    file.read(begin, tail);
    for (std::size_t at = tail.size() - kEndSize;; --at) {
        if (load_le<std::uint32_t>(tail, at) == kEndMagic &&
            at + kEndSize + load_le<std::uint16_t>(tail, at + 20) == tail.size()) {
            return begin + at;
        }
        if (at == 0) return std::nullopt;
    }
}

std::vector<Entry> list_files(const InputFile& file, const Directory& directory) {
    std::vector<std::byte> bytes(directory.size);
    file.read(directory.offset, bytes);
    std::span<const std::byte> rest = bytes;
    std::vector<Entry> files;
    for (std::uint64_t i = 0; i < directory.entries; ++i) {
        if (rest.size() < kEntrySize || load_le<std::uint32_t>(rest, 0) != kEntryMagic) {
            damaged(file);
        }
        const std::size_t length = kEntrySize + load_le<std::uint16_t>(rest, 28) +
                                   load_le<std::uint16_t>(rest, 30) +
                                   load_le<std::uint16_t>(rest, 32);
        if (length > rest.size()) damaged(file);
        Entry entry = parse_entry(file, rest.first(length));
        if (!entry.is_directory()) files.push_back(std::move(entry));
        rest = rest.subspan(length);
    }
    // Readers that do not count would find more files than this one.
    if (rest.size() >= 4 && load_le<std::uint32_t>(rest, 0) == kEntryMagic) damaged(file);
    return files;
}

Entry parse_entry(const InputFile& file, std::span<const std::byte> bytes) {
    constexpr std::uint8_t kUnix = 3;
    Entry entry;
    entry.flags = load_le<std::uint16_t>(bytes, 8);
    entry.method = load_le<std::uint16_t>(bytes, 10);
    entry.member.crc32 = load_le<std::uint32_t>(bytes, 16);
    entry.member.stored_size = load_le<std::uint32_t>(bytes, 20);
    entry.member.plain_size = load_le<std::uint32_t>(bytes, 24);
    if (bytes[5] == std::byte{kUnix}) entry.mode = load_le<std::uint32_t>(bytes, 38) >> 16;
    entry.local_offset = load_le<std::uint32_t>(bytes, 42);
    const std::size_t name = load_le<std::uint16_t>(bytes, 28);
    const auto text = bytes.subspan(kEntrySize, name);
    entry.member.name.assign(reinterpret_cast<const char*>(text.data()), text.size());
    apply_zip64(file, bytes.subspan(kEntrySize + name, load_le<std::uint16_t>(bytes, 30)), entry);
    return entry;
}

// Section 4.5.3: what did not fit stands in an extra field, in this order.
void apply_zip64(const InputFile& file, std::span<const std::byte> extra, Entry& entry) {
    constexpr std::uint16_t kZip64 = 1;
    while (extra.size() >= 4) {
        const auto id = load_le<std::uint16_t>(extra, 0);
        const std::size_t size = load_le<std::uint16_t>(extra, 2);
        if (size > extra.size() - 4) damaged(file);
        auto field = extra.subspan(4, size);
        extra = extra.subspan(4 + size);
        if (id != kZip64) continue;
        for (std::uint64_t* value :
             {&entry.member.plain_size, &entry.member.stored_size, &entry.local_offset}) {
            if (*value != kFull32) continue;
            if (field.size() < 8) damaged(file);
            *value = load_le<std::uint64_t>(field, 0);
            field = field.subspan(8);
        }
    }
}

void check_readable(const InputFile& file, const Entry& entry) {
    constexpr std::uint16_t kEncrypted = 1;
    constexpr std::uint16_t kDeflate = 8;
    constexpr std::uint32_t kTypeMask = 0170000;
    constexpr std::uint32_t kRegular = 0100000;
    if ((entry.flags & kEncrypted) != 0) {
        throw Error(fmt::format("{} in {} is encrypted", entry.member.name, file.name()))
            .with_hint("Unpack it with unzip, which asks for the password.");
    }
    if ((entry.mode & kTypeMask) != 0 && (entry.mode & kTypeMask) != kRegular) {
        throw Error(fmt::format("{} in {} is no regular file", entry.member.name, file.name()));
    }
    if (entry.method != 0 && entry.method != kDeflate) {
        throw Error(fmt::format("{} in {} is compressed by a method that is not read",
                                entry.member.name, file.name()))
            .because(fmt::format("it has the number {}; deflate (8) and stored (0) are read",
                                 entry.method))
            .with_hint("Unpack it first.");
    }
    // Deflate makes at most 258 bytes of two bits.
    constexpr std::uint64_t kMostPerByte = 1032;
    const bool possible = entry.method == 0
                              ? entry.member.plain_size == entry.member.stored_size
                              : entry.member.plain_size / kMostPerByte <= entry.member.stored_size;
    if (!possible) throw_damaged(file.name(), "its file is longer than its data can be");
}

std::uint64_t find_data(const InputFile& file, const Entry& entry) {
    std::array<std::byte, kLocalSize> bytes;
    if (!fits(entry.local_offset, bytes.size(), file.size())) damaged(file);
    file.read(entry.local_offset, bytes);
    if (load_le<std::uint32_t>(bytes, 0) != kLocalMagic) damaged(file);
    const std::uint64_t offset = entry.local_offset + kLocalSize +
                                 load_le<std::uint16_t>(bytes, 26) +
                                 load_le<std::uint16_t>(bytes, 28);
    if (!fits(offset, entry.member.stored_size, file.size())) throw_cut_off(file.name());
    return offset;
}

void damaged(const InputFile& file) {
    throw_damaged(file.name(), "the zip archive's directory is not valid");
}

}  // namespace
}  // namespace kiln::formats
