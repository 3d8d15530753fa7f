#include "formats/bytes/tar_header.h"

#include <cstring>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/zero.h"

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
constexpr std::size_t kPrefixAt = 345;
constexpr std::size_t kPrefixLength = 155;
constexpr std::uint64_t kOctalLimit = std::uint64_t{1} << 33;

using namespace std::string_view_literals;
constexpr std::string_view kUstarMagic = "ustar\00000"sv;
constexpr std::string_view kOldGnuMagic = "ustar  \0"sv;

void put_text(std::span<std::byte> block, std::size_t position, std::string_view text);
std::string text_at(std::span<const std::byte> block, std::size_t position, std::size_t most);
unsigned checksum(std::span<const std::byte> block);

}  // namespace

std::array<std::byte, kTarBlock> TarEntry::encode(TarDialect dialect) const {
    if (name.empty() || name.size() > kNameLength) {
        throw Error(fmt::format("the name {} does not fit into an OVA", name))
            .with_hint("Choose a shorter name: at most 80 bytes.");
    }
    std::array<std::byte, kTarBlock> block{};
    put_text(block, 0, name);
    put_text(block, kModeAt, "0000644");
    put_text(block, kOwnerAt, "0000000");
    put_text(block, kGroupAt, "0000000");
    put_tar_number(std::span(block).subspan(kSizeAt, kSizeLength), size);
    put_text(block, kTimeAt, "00000000000");
    block[kTypeAt] = std::byte{'0'};
    put_text(block, kMagicAt, dialect == TarDialect::Ustar ? kUstarMagic : kOldGnuMagic);
    put_tar_checksum(block);
    return block;
}

std::optional<TarEntry> TarEntry::decode(std::span<const std::byte> block) {
    const auto header = TarHeader::decode(block);
    if (!header || (header->type != '0' && header->type != '\0')) return std::nullopt;
    // A prefix makes a path of the name.
    const bool ustar = header->dialect == TarDialect::Ustar;
    if (ustar && block[kPrefixAt] != std::byte{0}) return std::nullopt;
    return TarEntry{header->name, header->size};
}

std::optional<TarHeader> TarHeader::decode(std::span<const std::byte> block) {
    const auto expected = tar_number(block.subspan(kChecksumAt, kChecksumLength));
    const auto size = tar_number(block.subspan(kSizeAt, kSizeLength));
    if (expected != checksum(block) || !size) return std::nullopt;
    TarHeader header;
    header.name = text_at(block, 0, kNameLength);
    header.size = *size;
    header.type = std::to_integer<char>(block[kTypeAt]);
    const auto* magic = reinterpret_cast<const char*>(block.data()) + kMagicAt;
    if (std::memcmp(magic, "ustar\0", 6) != 0) {
        header.dialect = TarDialect::OldGnu;
    } else if (const std::string prefix = text_at(block, kPrefixAt, kPrefixLength);
               !prefix.empty()) {
        header.name = prefix + "/" + header.name;
    }
    return header;
}

std::optional<std::uint64_t> tar_number(std::span<const std::byte> field) {
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

void put_tar_number(std::span<std::byte> field, std::uint64_t value) {
    std::memset(field.data(), 0, field.size());
    if (value < kOctalLimit) {
        put_text(field, 0, fmt::format("{:011o}", value));
    } else {
        field[0] = std::byte{0x80};
        store_be(field, 4, value);
    }
}

void put_tar_checksum(std::span<std::byte> block) {
    put_text(block, kChecksumAt, fmt::format("{:06o}", checksum(block)));
    block[kChecksumAt + 6] = std::byte{0};
    block[kChecksumAt + 7] = std::byte{' '};
}

namespace {

void put_text(std::span<std::byte> block, std::size_t position, std::string_view text) {
    std::memcpy(block.data() + position, text.data(), text.size());
}

std::string text_at(std::span<const std::byte> block, std::size_t position, std::size_t most) {
    const char* text = reinterpret_cast<const char*>(block.data()) + position;
    return std::string(text, strnlen(text, most));
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

}  // namespace
}  // namespace kiln::formats
