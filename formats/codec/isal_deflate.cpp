#include "formats/codec/isal_deflate.h"

#include <new>

#include <isa-l/igzip_lib.h>

#include "formats/codec/isal_memory.h"

namespace kiln::formats {

static_assert(sizeof(isal_zstream) <= IsalMemory::kSize);

IsalDeflate::IsalDeflate(unsigned level, unsigned window_bits, End end)
    : level_(level),
      window_bits_(window_bits),
      end_(end),
      level_buffer_(std::make_unique_for_overwrite<std::uint8_t[]>(ISAL_DEF_LVL3_LARGE)) {}

std::size_t IsalDeflate::compress(std::span<const std::byte> in, std::span<std::byte> out) {
    auto* const stream = ::new (IsalMemory::of_thread().get()) isal_zstream;
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

}  // namespace kiln::formats
