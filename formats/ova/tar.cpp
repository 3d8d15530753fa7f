#include "formats/ova/tar.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "formats/bytes.h"
#include "formats/zero.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kNameLength = 100;
constexpr std::size_t kModeAt = 100;
constexpr std::size_t kOwnerAt = 108;
constexpr std::size_t kGroupAt = 116;
constexpr std::size_t kSizeAt = 124;
constexpr std::size_t kSizeLength = 12;
constexpr std::size_t kTimeAt = 136;
constexpr std::size_t kChecksumAt = 148;
constexpr std::size_t kChecksumLength = 8;
constexpr std::size_t kTypeAt = 156;
constexpr std::size_t kMagicAt = 257;
constexpr std::uint64_t kOctalLimit = std::uint64_t{1} << 33;
constexpr std::size_t kMaxMembers = 256;

void put_text(std::span<std::byte> block, std::size_t position, std::string_view text);
unsigned checksum(std::span<const std::byte> block);
std::optional<std::uint64_t> number(std::span<const std::byte> field);

}  // namespace

std::array<std::byte, kTarBlock> TarEntry::encode() const {
    if (name.empty() || name.size() > kNameLength) {
        throw Error(fmt::format("the name {} does not fit into an OVA", name))
            .with_hint("Choose a shorter name: at most 80 bytes.");
    }
    std::array<std::byte, kTarBlock> block{};
    put_text(block, 0, name);
    put_text(block, kModeAt, "0000644");
    put_text(block, kOwnerAt, "0000000");
    put_text(block, kGroupAt, "0000000");
    if (size < kOctalLimit) {
        put_text(block, kSizeAt, fmt::format("{:011o}", size));
    } else {
        block[kSizeAt] = std::byte{0x80};
        store_be(block, kSizeAt + 4, size);
    }
    put_text(block, kTimeAt, "00000000000");
    block[kTypeAt] = std::byte{'0'};
    put_text(block, kMagicAt, std::string_view("ustar\00000", 8));
    put_text(block, kChecksumAt, fmt::format("{:06o}", checksum(block)));
    block[kChecksumAt + 7] = std::byte{' '};
    return block;
}

std::optional<TarEntry> TarEntry::decode(std::span<const std::byte> block) {
    const auto expected = number(block.subspan(kChecksumAt, kChecksumLength));
    if (expected != checksum(block)) return std::nullopt;
    const auto type = std::to_integer<char>(block[kTypeAt]);
    if (type != '0' && type != '\0') return std::nullopt;
    const char* text = reinterpret_cast<const char*>(block.data());
    // A prefix makes a path of the name; a file in a folder is no part of an OVA.
    constexpr std::size_t kPrefixAt = 345;
    const bool ustar = std::memcmp(text + kMagicAt, "ustar\0", 6) == 0;
    if (ustar && text[kPrefixAt] != '\0') return std::nullopt;
    const auto size = number(block.subspan(kSizeAt, kSizeLength));
    if (!size) return std::nullopt;
    return TarEntry{std::string(text, strnlen(text, kNameLength)), *size};
}

std::vector<TarMember> list_ova_members(const InputFile& file) {
    std::vector<TarMember> members;
    std::set<std::string> names;
    std::uint64_t position = 0;
    while (fits(position, kTarBlock, file.size())) {
        std::array<std::byte, kTarBlock> block;
        file.read(position, block);
        if (is_zero(block)) break;
        const auto entry = TarEntry::decode(block);
        if (!entry) {
            throw Error(fmt::format("{} is not an OVA that can be read", file.name()))
                .because(fmt::format("the entry at offset {} is no regular file", position));
        }
        position += kTarBlock;
        if (entry->name.empty() || entry->name.find('/') != std::string::npos ||
            !names.insert(entry->name).second || members.size() == kMaxMembers) {
            throw Error(fmt::format("{} is not an OVA that can be read", file.name()))
                .because(
                    fmt::format("the entry {} stands twice or is not a plain name", entry->name));
        }
        if (!fits(position, entry->size, file.size())) {
            throw Error(fmt::format("{} is cut off", file.name()))
                .because(
                    fmt::format("its member {} should have {} bytes", entry->name, entry->size));
        }
        members.push_back({*entry, position});
        position += round_up(entry->size, kTarBlock);
    }
    return members;
}

namespace {

void put_text(std::span<std::byte> block, std::size_t position, std::string_view text) {
    std::memcpy(block.data() + position, text.data(), text.size());
}

// The sum of all bytes with the checksum's own field as spaces.
unsigned checksum(std::span<const std::byte> block) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < kTarBlock; ++i) {
        const bool own = i >= kChecksumAt && i < kChecksumAt + kChecksumLength;
        sum += own ? unsigned{' '} : std::to_integer<unsigned>(block[i]);
    }
    return sum;
}

std::optional<std::uint64_t> number(std::span<const std::byte> field) {
    if (field[0] == std::byte{0x80}) {
        if (field.size() < kSizeLength || !is_zero(field.subspan(1, 3))) return std::nullopt;
        const auto value = load_be<std::uint64_t>(field, 4);
        return value >> 62 != 0 ? std::nullopt : std::optional(value);
    }
    std::uint64_t value = 0;
    std::size_t i = 0;
    while (i < field.size() && field[i] == std::byte{' '}) ++i;
    const std::size_t first = i;
    for (; i < field.size() && field[i] >= std::byte{'0'} && field[i] <= std::byte{'7'}; ++i) {
        value = value * 8 + (std::to_integer<unsigned>(field[i]) - '0');
    }
    const bool ends = i == field.size() || field[i] == std::byte{0} || field[i] == std::byte{' '};
    return ends && i != first ? std::optional(value) : std::nullopt;
}

}  // namespace
}  // namespace kiln::formats
