#pragma once

#include "post_processor/byte_writer.h"
#include "post_processor/ordered_work.h"

namespace kiln {

/// One ordinary gzip stream (RFC 1952, a single member) that several threads compress: each takes a
/// megabyte with the 32 KiB before it as its dictionary and ends on a byte boundary, so that the
/// pieces join into one deflate stream. The bytes depend on input and level alone.
class GzipWriter : public ByteWriter {
  public:
    /// `level` is 1 to 9, or -1 for zlib's default.
    GzipWriter(ByteWriter& next, int level, unsigned threads);

    void write(std::string_view bytes) override;
    void finish() override;

  private:
    struct Piece {
        std::string compressed;
        std::uint32_t crc = 0;
        std::size_t plain_size = 0;
    };
    enum class Place { Inner, Last };

    static Piece compress(const std::string& plain, const std::string& dictionary, int level,
                          Place place);
    void submit(Place place);
    void append(const Piece& piece);

    ByteWriter& next_;
    int level_;
    std::string plain_;
    std::string dictionary_;
    std::uint32_t crc_ = 0;
    std::uint64_t plain_size_ = 0;
    OrderedWork<Piece> work_;
};

}  // namespace kiln
