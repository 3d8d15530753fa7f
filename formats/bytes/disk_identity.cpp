#include "formats/bytes/disk_identity.h"

#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {
constexpr std::uint64_t kEvery = 256 * 1024;
constexpr std::size_t kSample = 4096;
}  // namespace

DiskIdentity::DiskIdentity(std::uint64_t disk_size) : samples_(DigestType::Sha256) {
    samples_.update(fmt::format("{} ", disk_size));
}

void DiskIdentity::add(std::uint64_t guest_offset, std::span<const std::byte> bytes) {
    const std::uint64_t end = guest_offset + bytes.size();
    for (std::uint64_t at = round_up(guest_offset, kEvery); at < end; at += kEvery) {
        samples_.update(fmt::format("{} ", at));
        samples_.update(bytes.subspan(at - guest_offset, kSample));
    }
}

void DiskIdentity::finish() {
    seed_ = samples_.finish_hex();
}

// Version 8 of RFC 9562: bits of one's own making.
std::array<std::byte, 16> DiskIdentity::derive(std::string_view purpose) const {
    const std::string hex = digest_hex(DigestType::Sha256, fmt::format("{} {}", purpose, seed_));
    std::array<std::byte, 16> result;
    for (std::size_t i = 0; i < result.size(); ++i) {
        const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
        result[i] = static_cast<std::byte>(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    }
    result[7] = (result[7] & std::byte{0x0f}) | std::byte{0x80};
    result[8] = (result[8] & std::byte{0x3f}) | std::byte{0x80};
    return result;
}

}  // namespace kiln::formats
