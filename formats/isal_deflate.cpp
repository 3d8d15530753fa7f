#include "formats/isal_deflate.h"

#include <new>

#include <isa-l/igzip_lib.h>

#include "formats/isal_places.h"

namespace kiln::formats {

namespace {
// This level takes no notice of where its state lies.
constexpr unsigned kSteadyLevel = 3;
static_assert(sizeof(isal_zstream) <= IsalPlaces::kCount * IsalPlaces::kStride);
}  // namespace

IsalDeflate::IsalDeflate(unsigned level, unsigned window_bits, End end)
    : level_(level),
      window_bits_(window_bits),
      end_(end),
      level_buffer_(std::make_unique_for_overwrite<std::uint8_t[]>(ISAL_DEF_LVL3_LARGE)) {}

std::size_t IsalDeflate::compress(std::span<const std::byte> in, std::span<std::byte> out) {
    const IsalPlaces& places = IsalPlaces::of_thread();
    std::byte* const harmless =
        level_ == kSteadyLevel ? nullptr : places.find_harmless(in, window_bits_);
    auto* const stream = ::new (harmless != nullptr ? harmless : places.any()) isal_zstream;
    isal_deflate_stateless_init(stream);
    stream->level = harmless != nullptr ? level_ : kSteadyLevel;
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

}  // namespace kiln::formats
