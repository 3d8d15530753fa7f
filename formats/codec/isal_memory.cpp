#include "formats/codec/isal_memory.h"

#include <array>
#include <cerrno>
#include <cstdint>

#include <sys/mman.h>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/checksum.h"

namespace kiln::formats {

namespace {

constexpr unsigned kIgnoredBits = 16;  // of an address
constexpr unsigned kHashBits = 15;
constexpr std::uint32_t kHash = 0x2b5d;  // as good as any that few inputs have
// A CRC is linear: of as many addresses that are alike above, one has the hash.
constexpr std::uintptr_t kStep = std::uintptr_t{1} << kIgnoredBits;
constexpr std::uintptr_t kReach = kStep << kHashBits;

std::uintptr_t address_within_reach(std::uintptr_t begin);
void* map(std::uintptr_t address, int flags);

}  // namespace

IsalMemory& IsalMemory::of_thread() {
    thread_local IsalMemory memory;
    return memory;
}

// Downwards from where the kernel would put it: there is room.
IsalMemory::IsalMemory() {
    constexpr int kTries = 1000;
    void* const somewhere = map(0, 0);
    if (somewhere != nullptr) munmap(somewhere, kSize);
    auto begin = reinterpret_cast<std::uintptr_t>(somewhere) / kReach * kReach;
    for (int i = 0; i < kTries && begin > kReach && memory_ == nullptr; ++i) {
        begin -= kReach;
        memory_ = map(address_within_reach(begin), MAP_FIXED_NOREPLACE);
    }
    if (memory_ == nullptr) throw system_error("cannot find memory for a compressor", errno);
}

IsalMemory::~IsalMemory() {
    munmap(memory_, kSize);
}

namespace {

std::uintptr_t address_within_reach(std::uintptr_t begin) {
    std::uintptr_t address = begin;
    for (; address < begin + kReach; address += kStep) {
        std::array<std::byte, 4> hashed{};
        store_le(hashed, 0, static_cast<std::uint32_t>(address >> kIgnoredBits));
        if ((crc32c(0, hashed) & ((1U << kHashBits) - 1)) == kHash) break;
    }
    return address;
}

// At any address for 0. Kernels before 4.17 take the address for a wish.
void* map(std::uintptr_t address, int flags) {
    void* const wanted = reinterpret_cast<void*>(address);
    void* const memory = mmap(wanted, IsalMemory::kSize, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    if (address == 0 || memory == wanted) return memory;
    munmap(memory, IsalMemory::kSize);
    return nullptr;
}

}  // namespace
}  // namespace kiln::formats
