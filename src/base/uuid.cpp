#include "base/uuid.h"

#include <array>
#include <chrono>

#include <openssl/rand.h>

#include "base/error.h"

namespace kiln {
namespace {

using Bytes = std::array<unsigned char, 16>;

Bytes random_bytes() {
    Bytes bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw Error("cannot get random bytes");
    }
    return bytes;
}

std::string format_uuid(const Bytes& bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        out += fmt::format("{:02x}", bytes[i]);
    }
    return out;
}

}  // namespace

std::string random_uuid() {
    Bytes bytes = random_bytes();
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    return format_uuid(bytes);
}

std::string time_ordered_uuid() {
    Bytes bytes = random_bytes();
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds =
        static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[i] = static_cast<unsigned char>(seconds >> (24 - 8 * i));
    }
    return format_uuid(bytes);
}

}  // namespace kiln
