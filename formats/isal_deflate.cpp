#include "formats/isal_deflate.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#include <isa-l/igzip_lib.h>

#include "formats/bytes.h"
#include "formats/checksum.h"

namespace kiln::formats {

namespace {

// The state (with 64 KiB of history that one call does not use) is large. Memory that is not
// touched costs nothing.
constexpr std::size_t kStride = std::size_t{128} << 10;
static_assert(sizeof(isal_zstream) <= kStride);

// What ISA-L's tables take of their hash, at least: more bits for longer inputs.
unsigned hash(std::span<const std::byte> four_bytes) {
    return crc32c(0, four_bytes) % 4;
}

}  // namespace

// ISA-L hashes bits 16 to 47 of the address. Bits 17 and 18 are those in which the places differ,
// and a CRC is linear: their hashes are four different ones at any address.
IsalDeflate::IsalDeflate(unsigned level, unsigned window_bits, End end)
    : level_(level),
      window_bits_(window_bits),
      end_(end),
      memory_(static_cast<std::byte*>(std::aligned_alloc(kPlaces * kStride, kPlaces * kStride))),
      level_buffer_(std::make_unique_for_overwrite<std::uint8_t[]>(ISAL_DEF_LVL3_LARGE)) {
    if (!memory_) throw std::bad_alloc();
    for (std::size_t i = 0; i < kPlaces; ++i) {
        const auto* const place = ::new (memory_.get() + i * kStride) isal_zstream;
        std::array<std::byte, 4> bytes{};
        store_le(bytes, 0,
                 static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(place) >> 16));
        hashes_[i] = hash(bytes);
    }
}

void IsalDeflate::Free::operator()(std::byte* memory) const {
    std::free(memory);
}

std::size_t IsalDeflate::compress(std::span<const std::byte> in, std::span<std::byte> out) {
    auto* const stream = std::launder(reinterpret_cast<isal_zstream*>(place_for(in)));
    isal_deflate_stateless_init(stream);
    stream->level = level_;
    stream->level_buf = level_buffer_.get();
    stream->level_buf_size = ISAL_DEF_LVL3_LARGE;
    stream->hist_bits = static_cast<std::uint16_t>(window_bits_);
    stream->end_of_stream = end_ == End::Final ? 1 : 0;
    stream->flush = end_ == End::Final ? NO_FLUSH : FULL_FLUSH;
    stream->gzip_flag = IGZIP_DEFLATE;
    stream->next_in =
        const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(in.data()));  // only read
    stream->avail_in = static_cast<std::uint32_t>(in.size());
    stream->next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream->avail_out = static_cast<std::uint32_t>(out.size());
    if (isal_deflate_stateless(stream) != COMP_OK || stream->avail_in != 0) return 0;
    return stream->total_out;
}

std::byte* IsalDeflate::place_for(std::span<const std::byte> in) const {
    std::array<bool, kPlaces> taken{};
    for (std::size_t i = 0; i < kPlaces - 1 && i + 4 <= in.size(); ++i) {
        taken.at(hash(in.subspan(i, 4))) = true;
    }
    const auto free = std::ranges::find_if(hashes_, [&](unsigned h) { return !taken.at(h); });
    return memory_.get() + (free - hashes_.begin()) * static_cast<std::ptrdiff_t>(kStride);
}

}  // namespace kiln::formats
