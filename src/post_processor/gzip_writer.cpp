#include "post_processor/gzip_writer.h"

#include <zlib.h>

namespace kiln {
namespace {

constexpr std::size_t piece_size = std::size_t{1} << 20;
constexpr std::size_t window_size = std::size_t{32} << 10;
constexpr std::string_view member_header("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);

std::string little_endian(std::uint32_t value);

// Ends the stream however the function ends.
struct Deflate {
    z_stream stream{};
    explicit Deflate(int level) {
        if (deflateInit2(&stream, level, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
            throw Error("cannot compress").because("zlib has no memory for it");
        }
    }
    ~Deflate() { deflateEnd(&stream); }
    Deflate(const Deflate&) = delete;
    Deflate& operator=(const Deflate&) = delete;
};

}  // namespace

GzipWriter::GzipWriter(ByteWriter& next, int level, unsigned threads)
    : next_(next), level_(level), work_(threads, [this](const Piece& piece) { append(piece); }) {
    next_.write(member_header);
}

void GzipWriter::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t count = std::min(bytes.size(), piece_size - plain_.size());
        plain_.append(bytes.substr(0, count));
        bytes.remove_prefix(count);
        if (plain_.size() == piece_size) submit(Place::Inner);
    }
}

void GzipWriter::finish() {
    submit(Place::Last);
    work_.finish();
    next_.write(little_endian(crc_));
    next_.write(little_endian(static_cast<std::uint32_t>(plain_size_)));
    next_.finish();
}

void GzipWriter::submit(Place place) {
    std::string plain = std::exchange(plain_, {});
    std::string dictionary = std::exchange(
        dictionary_, plain.size() > window_size ? plain.substr(plain.size() - window_size) : plain);
    work_.submit([plain = std::move(plain), dictionary = std::move(dictionary), level = level_,
                  place] { return compress(plain, dictionary, level, place); });
}

void GzipWriter::append(const Piece& piece) {
    next_.write(piece.compressed);
    crc_ = static_cast<std::uint32_t>(
        crc32_combine(crc_, piece.crc, static_cast<z_off_t>(piece.plain_size)));
    plain_size_ += piece.plain_size;
}

GzipWriter::Piece GzipWriter::compress(const std::string& plain, const std::string& dictionary,
                                       int level, Place place) {
    const auto bytes_of = [](const std::string& text) {
        return reinterpret_cast<const Bytef*>(text.data());
    };
    Deflate deflater(level);
    z_stream& stream = deflater.stream;
    deflateSetDictionary(&stream, bytes_of(dictionary), static_cast<uInt>(dictionary.size()));
    Piece piece;
    piece.plain_size = plain.size();
    piece.crc =
        static_cast<std::uint32_t>(crc32(0, bytes_of(plain), static_cast<uInt>(plain.size())));
    // The bound covers a whole stream; a flush adds five bytes at most.
    piece.compressed.resize(deflateBound(&stream, plain.size()) + 16);
    stream.next_in = const_cast<Bytef*>(bytes_of(plain));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(piece.compressed.data());
    stream.avail_out = static_cast<uInt>(piece.compressed.size());
    const int result = deflate(&stream, place == Place::Last ? Z_FINISH : Z_SYNC_FLUSH);
    if (result != (place == Place::Last ? Z_STREAM_END : Z_OK) || stream.avail_in != 0) {
        throw Error("cannot compress").because(fmt::format("zlib returned {}", result));
    }
    piece.compressed.resize(piece.compressed.size() - stream.avail_out);
    return piece;
}

namespace {

std::string little_endian(std::uint32_t value) {
    std::string bytes;
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift);
    return bytes;
}

}  // namespace
}  // namespace kiln
