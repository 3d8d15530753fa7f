#include "formats/packed/zstd_stream.h"

#include <array>

#include <zstd.h>
#include <zstd_errors.h>

#include "formats/bytes/bytes.h"
#include "formats/packed/input_cursor.h"

namespace kiln::formats {

namespace {

constexpr int kWindowLog = 27;
constexpr std::uint32_t kFrameMagic = 0xfd2fb528;
constexpr std::uint32_t kSkippableMagic = 0x184d2a50;  // and the fifteen above

class ZstdStream : public ByteStream {
  public:
    explicit ZstdStream(InputFile file) : input_(std::move(file)), context_(ZSTD_createDCtx()) {
        if (!context_) throw Error("no memory for a decompressor");
        ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowLog);
    }
    std::size_t read(std::span<std::byte> out) override;

  private:
    [[noreturn]] void fail(std::size_t code) const;

    struct Free {
        void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    };
    InputCursor input_;
    std::unique_ptr<ZSTD_DCtx, Free> context_;
    bool in_frame_ = true;  // at the beginning there must be one
    unsigned empty_ = 0;    // frames in a row
};

std::optional<std::uint64_t> walk_frame(InputCursor& input, const CancelToken& cancel);
void walk_blocks(InputCursor& input, const CancelToken& cancel);
template <typename T>
T read_number(InputCursor& input);

}  // namespace

std::unique_ptr<ByteStream> make_zstd_stream(InputFile file) {
    return std::make_unique<ZstdStream>(std::move(file));
}

std::optional<std::uint64_t> zstd_plain_size(const InputFile& file, const CancelToken& cancel) {
    InputCursor input(file);
    std::uint64_t plain = 0;
    while (input.left() != 0) {
        cancel.throw_if_cancelled();
        const auto magic = read_number<std::uint32_t>(input);
        if ((magic & 0xfffffff0) == kSkippableMagic) {
            if (!input.skip(read_number<std::uint32_t>(input))) throw_cut_off(file.name());
            continue;
        }
        if (magic != kFrameMagic) {
            throw_damaged(file.name(), "something else than zstd data stands behind its end");
        }
        const auto size = walk_frame(input, cancel);
        if (!size) return std::nullopt;
        if (*size > (std::uint64_t{1} << 62) - plain) {
            throw_damaged(file.name(), "a frame's size is not possible");
        }
        plain += *size;
    }
    return plain;
}

namespace {

std::size_t ZstdStream::read(std::span<std::byte> out) {
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    while (to.pos < to.size) {
        const auto in = input_.peek();
        if (in.empty() && !in_frame_) break;
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        const std::size_t before = to.pos;
        const std::size_t result = ZSTD_decompressStream(context_.get(), &to, &from);
        if (ZSTD_isError(result)) fail(result);
        input_.consume(from.pos);
        in_frame_ = result != 0;
        if (to.pos != before) empty_ = 0;
        if (!in_frame_ && ++empty_ > kMostEmptyMembers) {
            throw_damaged(input_.file().name(), "it has too many empty frames");
        }
        if (in.empty() && to.pos == before) throw_cut_off(input_.file().name());
    }
    return to.pos;
}

void ZstdStream::fail(std::size_t code) const {
    if (ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge) {
        throw Error(fmt::format("{} needs too much memory to unpack", input_.file().name()))
            .because("its window has more than 128 MiB")
            .with_hint("Unpack it with zstd -d --long=31 and give the raw image.");
    }
    throw_damaged(input_.file().name(), ZSTD_getErrorName(code));
}

// Behind the magic. RFC 8878, section 3.1.1.1. Nothing when the header has no content size.
std::optional<std::uint64_t> walk_frame(InputCursor& input, const CancelToken& cancel) {
    const auto descriptor = read_number<std::uint8_t>(input);
    const bool single_segment = (descriptor & 0x20) != 0;
    const bool checksum = (descriptor & 0x04) != 0;
    constexpr std::array<std::uint64_t, 4> kDictionary = {0, 1, 2, 4};
    if (!input.skip((single_segment ? 0 : 1) + kDictionary[descriptor & 3U])) {
        throw_cut_off(input.file().name());
    }
    std::uint64_t size = 0;
    switch (descriptor >> 6) {
        case 0:
            if (!single_segment) return std::nullopt;
            size = read_number<std::uint8_t>(input);
            break;
        case 1:
            size = read_number<std::uint16_t>(input) + std::uint64_t{256};
            break;
        case 2:
            size = read_number<std::uint32_t>(input);
            break;
        default:
            size = read_number<std::uint64_t>(input);
    }
    walk_blocks(input, cancel);
    if (checksum && !input.skip(4)) throw_cut_off(input.file().name());
    return size;
}

void walk_blocks(InputCursor& input, const CancelToken& cancel) {
    constexpr unsigned kRepeated = 1;
    for (std::uint64_t count = 0;; ++count) {
        if (count % 1024 == 0) cancel.throw_if_cancelled();
        std::array<std::byte, 4> bytes{};
        if (!input.read_exactly(std::span(bytes).first(3))) throw_cut_off(input.file().name());
        const auto header = load_le<std::uint32_t>(bytes, 0);
        const std::uint32_t size = (header >> 1 & 3U) == kRepeated ? 1 : header >> 3;
        if (!input.skip(size)) throw_cut_off(input.file().name());
        if ((header & 1U) != 0) return;
    }
}

template <typename T>
T read_number(InputCursor& input) {
    std::array<std::byte, sizeof(T)> bytes;
    if (!input.read_exactly(bytes)) throw_cut_off(input.file().name());
    return load_le<T>(bytes, 0);
}

}  // namespace
}  // namespace kiln::formats
