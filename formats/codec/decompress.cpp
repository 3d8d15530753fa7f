#include "formats/codec/decompress.h"

#include <cstring>
#include <memory>

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <zstd.h>

#include "base/error.h"

namespace kiln::formats {

namespace {

libdeflate_decompressor* thread_inflater();
bool inflate_unfinished(std::span<const std::byte> in, std::span<std::byte> out);

}  // namespace

bool inflate_raw(std::span<const std::byte> in, std::span<std::byte> out) {
    std::size_t consumed = 0;
    const auto result = libdeflate_deflate_decompress_ex(
        thread_inflater(), in.data(), in.size(), out.data(), out.size(), &consumed, nullptr);
    if (result == LIBDEFLATE_SUCCESS) return true;
    // QEMU accepts streams that fill the cluster but were never finished; so must we.
    return result != LIBDEFLATE_SHORT_OUTPUT && inflate_unfinished(in, out);
}

bool inflate_zlib(std::span<const std::byte> in, std::span<std::byte> out, std::size_t least) {
    std::size_t consumed = 0;
    std::size_t made = 0;
    const auto result = libdeflate_zlib_decompress_ex(thread_inflater(), in.data(), in.size(),
                                                      out.data(), out.size(), &consumed, &made);
    if (result != LIBDEFLATE_SUCCESS || made < least) return false;
    std::memset(out.data() + made, 0, out.size() - made);
    return true;
}

bool decompress_zstd(std::span<const std::byte> in, std::span<std::byte> out) {
    struct Free {
        void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    };
    static thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
    if (!context) throw Error("no memory for a decompressor");
    // One call per frame decodes straight into `out`: no window is allocated, however large the
    // one that the frame's header asks for.
    while (!out.empty()) {
        const std::size_t frame = ZSTD_findFrameCompressedSize(in.data(), in.size());
        if (ZSTD_isError(frame) || frame == 0) return false;
        const std::size_t size =
            ZSTD_decompressDCtx(context.get(), out.data(), out.size(), in.data(), frame);
        if (ZSTD_isError(size)) return false;
        in = in.subspan(frame);
        out = out.subspan(size);
    }
    return true;
}

namespace {

libdeflate_decompressor* thread_inflater() {
    struct Free {
        void operator()(libdeflate_decompressor* decompressor) const {
            libdeflate_free_decompressor(decompressor);
        }
    };
    static thread_local const std::unique_ptr<libdeflate_decompressor, Free> decompressor(
        libdeflate_alloc_decompressor());
    if (!decompressor) throw Error("no memory for a decompressor");
    return decompressor.get();
}

bool inflate_unfinished(std::span<const std::byte> in, std::span<std::byte> out) {
    static thread_local const auto state = std::make_unique<inflate_state>();
    isal_inflate_init(state.get());
    state->crc_flag = ISAL_DEFLATE;
    // The library's parameter is not const although it only reads.
    state->next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(in.data()));
    state->avail_in = static_cast<std::uint32_t>(in.size());
    state->next_out = reinterpret_cast<std::uint8_t*>(out.data());
    state->avail_out = static_cast<std::uint32_t>(out.size());
    const int result = isal_inflate(state.get());
    return result == ISAL_DECOMP_OK && state->total_out == out.size();
}

}  // namespace
}  // namespace kiln::formats
