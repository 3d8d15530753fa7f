#include "formats/isal_places.h"

#include <algorithm>
#include <bitset>
#include <new>

#include <sys/mman.h>

#include "formats/bytes.h"
#include "formats/checksum.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kSpan = IsalPlaces::kCount * IsalPlaces::kStride;
constexpr std::size_t kMapped =
    3 * kSpan;  // from a multiple of the span on; the last state is longer

// The low bits of the hash, which the smallest table takes too.
std::uint8_t hash(std::span<const std::byte> four_bytes) {
    return static_cast<std::uint8_t>(crc32c(0, four_bytes) % IsalPlaces::kCount);
}

}  // namespace

IsalPlaces& IsalPlaces::of_thread() {
    thread_local IsalPlaces places;
    return places;
}

// A CRC is linear, and the addresses are all that differ in bits 16 to 20: so do their hashes.
IsalPlaces::IsalPlaces() {
    void* const memory = mmap(nullptr, kMapped, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    madvise(memory, kMapped, MADV_NOHUGEPAGE);  // a few pages of it are used
    mapped_ = static_cast<std::byte*>(memory);
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    places_ = mapped_ + (round_up(address, kSpan) - address);
    for (std::size_t i = 0; i < kCount; ++i) {
        const auto place = reinterpret_cast<std::uintptr_t>(places_ + i * kStride);
        std::array<std::byte, 4> hashed{};
        store_le(hashed, 0, static_cast<std::uint32_t>(place >> 16));
        hashes_[i] = hash(hashed);
    }
}

IsalPlaces::~IsalPlaces() {
    munmap(mapped_, kMapped);
}

std::byte* IsalPlaces::find_harmless(std::span<const std::byte> in, unsigned window_bits) const {
    std::bitset<kCount> harmful;
    const auto avoid = [&](std::size_t offset) {
        if (fits(offset, 4, in.size())) harmful.set(hash(in.subspan(offset, 4)));
    };
    avoid(1);
    const std::size_t window = std::size_t{1} << window_bits;
    for (std::size_t offset = 0; offset < in.size() && !harmful.all(); offset += window) {
        avoid(offset);
        avoid(offset + 2);
    }
    const auto harmless = std::ranges::find_if(hashes_, [&](auto h) { return !harmful.test(h); });
    if (harmless == hashes_.end()) return nullptr;
    return places_ + static_cast<std::size_t>(harmless - hashes_.begin()) * kStride;
}

}  // namespace kiln::formats
