#include "formats/codec/compress.h"

#include <array>
#include <cstring>
#include <limits>
#include <vector>

#include <libdeflate.h>
#include <zstd.h>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/codec/isal_deflate.h"

namespace kiln::formats {

namespace {

constexpr unsigned kStrictWindowBits = 12;
constexpr unsigned kWideWindowBits = 15;
constexpr std::size_t kMaxStoredBlock = 65535;
constexpr std::size_t kMinSampled = 16384;

// What a block's sample tells before it is compressed.
enum class Kind {
    Random,  // not worth a try
    Dense,   // all bytes about equally often: every level ends within 1 % of the others
    Usual,
    Simple,  // a few bytes make up most of it: text, tables
};

Kind kind_of(std::span<const std::byte> block);
std::uint32_t sum_of_squares(std::span<const std::byte> block);
unsigned repeats(std::span<const std::byte> block);
std::size_t store_zlib(std::span<const std::byte> in, std::span<std::byte> out);
int zstd_level(Speed speed);

}  // namespace

std::optional<Speed> speed_from_name(std::string_view name) {
    if (name == "fast") return Speed::Fast;
    if (name == "balanced") return Speed::Balanced;
    if (name == "small") return Speed::Small;
    return std::nullopt;
}

std::string_view speed_name(Speed speed) {
    switch (speed) {
        case Speed::Fast:
            return "fast";
        case Speed::Balanced:
            return "balanced";
        case Speed::Small:
            return "small";
    }
    return "";
}

namespace {

class Isal : public BlockCompressor {
  public:
    Isal(unsigned level, unsigned window_bits)
        : deflate_(level, window_bits, IsalDeflate::End::Final) {}

    std::size_t compress(std::span<const std::byte> in, std::span<std::byte> out) override {
        return deflate_.compress(in, out);
    }

  private:
    IsalDeflate deflate_;
};

class LibdeflateDeflate : public BlockCompressor {
  public:
    explicit LibdeflateDeflate(int level) : compressor_(libdeflate_alloc_compressor(level)) {
        if (!compressor_) throw Error("no memory for a compressor");
    }

    std::size_t compress(std::span<const std::byte> in, std::span<std::byte> out) override {
        return libdeflate_deflate_compress(compressor_.get(), in.data(), in.size(), out.data(),
                                           out.size());
    }

  private:
    struct Free {
        void operator()(libdeflate_compressor* compressor) const {
            libdeflate_free_compressor(compressor);
        }
    };
    std::unique_ptr<libdeflate_compressor, Free> compressor_;
};

// Raw deflate with the effort that a block is worth; 0 also where it is not worth any.
class Deflate : public BlockCompressor {
  public:
    Deflate(Speed speed, unsigned window_bits) : light_(2, window_bits) {
        if (speed == Speed::Fast || window_bits != kWideWindowBits) {
            usual_ = std::make_unique<Isal>(3, window_bits);
        } else {
            usual_ = std::make_unique<LibdeflateDeflate>(speed == Speed::Small ? 6 : 5);
        }
        if (speed == Speed::Fast) {
            simple_ = std::make_unique<Isal>(2, window_bits);
        } else if (speed == Speed::Balanced && window_bits == kWideWindowBits) {
            simple_ = std::make_unique<LibdeflateDeflate>(4);
        }
    }

    std::size_t compress(std::span<const std::byte> in, std::span<std::byte> out) override {
        switch (kind_of(in)) {
            case Kind::Random:
                return 0;
            case Kind::Dense:
                return light_.compress(in, out);
            case Kind::Simple:
                if (simple_) return simple_->compress(in, out);
                break;
            case Kind::Usual:
                break;
        }
        return usual_->compress(in, out);
    }

  private:
    Isal light_;
    std::unique_ptr<BlockCompressor> usual_;
    std::unique_ptr<BlockCompressor> simple_;  // null: as usual
};

// RFC 1950 around a raw deflate stream.
class Zlib : public BlockCompressor {
  public:
    explicit Zlib(Speed speed) : speed_(speed), deflate_(speed, kWideWindowBits) {}

    std::size_t compress(std::span<const std::byte> in, std::span<std::byte> out) override {
        const std::size_t overhead = 6;
        if (out.size() < overhead) return 0;
        // A stream longer than the stored form is no use.
        const std::size_t room = std::min(out.size(), zlib_bound(in.size())) - overhead;
        const std::size_t size = deflate_.compress(in, out.subspan(2, room));
        if (size == 0) return store_zlib(in, out);
        // CMF: deflate, 32 KiB window. FLG: the level class, made a multiple of 31 with CMF.
        out[0] = std::byte{0x78};
        out[1] = speed_ == Speed::Fast ? std::byte{0x5e} : std::byte{0x9c};
        store_be<std::uint32_t>(out, 2 + size, libdeflate_adler32(1, in.data(), in.size()));
        return size + overhead;
    }

  private:
    Speed speed_;
    Deflate deflate_;
};

class Zstd : public BlockCompressor {
  public:
    explicit Zstd(Speed speed) : context_(ZSTD_createCCtx()) {
        if (!context_) throw Error("no memory for a compressor");
        ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, zstd_level(speed));
    }

    std::size_t compress(std::span<const std::byte> in, std::span<std::byte> out) override {
        if (looks_incompressible(in)) return 0;
        const std::size_t size =
            ZSTD_compress2(context_.get(), out.data(), out.size(), in.data(), in.size());
        return ZSTD_isError(size) ? 0 : size;
    }

  private:
    struct Free {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    };
    std::unique_ptr<ZSTD_CCtx, Free> context_;
};

}  // namespace

std::unique_ptr<BlockCompressor> make_zlib_compressor(Speed speed) {
    return std::make_unique<Zlib>(speed);
}

std::size_t zlib_bound(std::size_t input) {
    return 6 + input + 5 * std::max<std::size_t>(1, divide_up(input, kMaxStoredBlock));
}

std::unique_ptr<BlockCompressor> make_deflate_compressor(Speed speed, DeflateWindow window) {
    return std::make_unique<Deflate>(
        speed, window == DeflateWindow::Strict ? kStrictWindowBits : kWideWindowBits);
}

std::unique_ptr<BlockCompressor> make_zstd_compressor(Speed speed) {
    return std::make_unique<Zstd>(speed);
}

bool looks_incompressible(std::span<const std::byte> block) {
    return kind_of(block) == Kind::Random;
}

namespace {

Kind kind_of(std::span<const std::byte> block) {
    // Of the sum of squares; 69616 +- 361 is that of random bytes.
    constexpr std::uint32_t kFlat = 69616 + 6 * 361;
    constexpr std::uint32_t kDense = 80000;
    constexpr std::uint32_t kSimple = 700000;
    if (block.size() < kMinSampled) return Kind::Usual;
    const std::uint32_t squares = sum_of_squares(block);
    if (squares >= kSimple) return Kind::Simple;
    if (squares >= kDense) return Kind::Usual;
    // Flat also is a counter or a table; those repeat themselves, ciphertext does not.
    if (squares < kFlat && repeats(block) <= 2) return Kind::Random;
    return Kind::Dense;
}

// RFC 1951, section 3.2.4: blocks of at most 65535 bytes, each behind 5 bytes of header.
std::size_t store_zlib(std::span<const std::byte> in, std::span<std::byte> out) {
    const std::size_t size = zlib_bound(in.size());
    if (out.size() < size) return 0;
    out[0] = std::byte{0x78};
    out[1] = std::byte{0x01};
    std::size_t position = 2;
    std::span<const std::byte> rest = in;
    do {
        const std::size_t length = std::min(rest.size(), kMaxStoredBlock);
        out[position] = length == rest.size() ? std::byte{1} : std::byte{0};
        store_le<std::uint16_t>(out, position + 1, static_cast<std::uint16_t>(length));
        store_le<std::uint16_t>(out, position + 3, static_cast<std::uint16_t>(~length));
        std::memcpy(out.data() + position + 5, rest.data(), length);
        position += 5 + length;
        rest = rest.subspan(length);
    } while (!rest.empty());
    store_be<std::uint32_t>(out, position, libdeflate_adler32(1, in.data(), in.size()));
    return size;
}

// Of the counts of each byte among 4096 that are spread over the block.
std::uint32_t sum_of_squares(std::span<const std::byte> block) {
    constexpr std::size_t kRuns = 8;
    constexpr std::size_t kRun = 512;
    std::array<std::uint32_t, 256> counts{};
    for (std::size_t run = 0; run < kRuns; ++run) {
        for (const std::byte byte : block.subspan(run * (block.size() / kRuns), kRun)) {
            ++counts[static_cast<std::size_t>(byte)];
        }
    }
    std::uint32_t squares = 0;
    for (const std::uint32_t count : counts) squares += count * count;
    return squares;
}

// How often four bytes come again in 4 KiB of the block.
unsigned repeats(std::span<const std::byte> block) {
    constexpr std::size_t kRuns = 4;
    constexpr std::size_t kRun = 1024;
    constexpr unsigned kHashBits = 12;
    std::array<std::uint32_t, 1U << kHashBits> last{};  // the four bytes of each hash seen last
    unsigned found = 0;
    for (std::size_t run = 0; run < kRuns; ++run) {
        const auto sample = block.subspan(run * (block.size() / kRuns), kRun);
        for (std::size_t i = 0; i + sizeof(std::uint32_t) <= sample.size(); ++i) {
            const auto four = load_le<std::uint32_t>(sample, i);
            std::uint32_t& slot = last[four * 2654435761U >> (32 - kHashBits)];
            found += slot == four ? 1 : 0;
            slot = four;
        }
    }
    return found;
}

int zstd_level(Speed speed) {
    switch (speed) {
        case Speed::Fast:
            return 1;
        case Speed::Balanced:
            return 3;
        case Speed::Small:
            return 9;
    }
    return 3;
}

}  // namespace
}  // namespace kiln::formats
