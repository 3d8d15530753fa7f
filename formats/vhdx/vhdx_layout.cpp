#include "formats/vhdx/vhdx_layout.h"

#include <algorithm>

#include "base/error.h"
#include "formats/bytes/checksum.h"
#include "formats/bytes/text.h"

namespace kiln::formats::vhdx {

Guid Guid::load(std::span<const std::byte> bytes, std::size_t position) {
    Guid result;
    std::ranges::copy(bytes.subspan(position, result.bytes.size()), result.bytes.begin());
    return result;
}

void Guid::store(std::span<std::byte> target, std::size_t position) const {
    std::ranges::copy(bytes, target.subspan(position, bytes.size()).begin());
}

std::string Guid::text() const {
    std::string text = "{" + guid_text(bytes) + "}";
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

std::uint32_t checksum(std::span<const std::byte> structure) {
    constexpr std::size_t kAt = 4;
    constexpr std::array<std::byte, sizeof(std::uint32_t)> kZero{};
    std::uint32_t crc = crc32c(~std::uint32_t{0}, structure.first(kAt));
    crc = crc32c(crc, kZero);
    return ~crc32c(crc, structure.subspan(kAt + kZero.size()));
}

std::uint64_t Geometry::bat_entries(bool has_parent) const {
    const std::uint64_t payload = blocks();
    if (payload == 0) return 0;
    if (has_parent) return divide_up(payload, chunk_ratio()) * (chunk_ratio() + 1);
    return payload + (payload - 1) / chunk_ratio();
}

void refuse(const InputFile& file, std::string_view reason, std::string_view hint) {
    Error error =
        Error(fmt::format("{} is not a VHDX that can be read", file.name())).because(reason);
    if (!hint.empty()) throw std::move(error).with_hint(hint);
    throw error;
}

}  // namespace kiln::formats::vhdx
