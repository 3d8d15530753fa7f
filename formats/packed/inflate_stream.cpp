#include "formats/packed/inflate_stream.h"

#include <array>
#include <limits>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include "formats/bytes/bytes.h"
#include "formats/bytes/zero.h"
#include "formats/packed/input_cursor.h"

namespace kiln::formats {

namespace {

std::uint32_t crc_of(std::uint32_t crc, std::span<const std::byte> bytes);

// One raw deflate stream after the other out of a cursor.
class Inflater {
  public:
    explicit Inflater(InputCursor& input)
        : input_(input), state_(std::make_unique<inflate_state>()) {
        reset();
    }

    void reset() {
        isal_inflate_init(state_.get());
        state_->crc_flag = ISAL_DEFLATE;
        ended_ = false;
    }
    bool ended() const { return ended_; }
    std::size_t read(std::span<std::byte> out);

  private:
    InputCursor& input_;
    std::unique_ptr<inflate_state> state_;
    bool ended_ = false;
};

class GzipStream : public ByteStream {
  public:
    explicit GzipStream(InputFile file) : input_(std::move(file)), inflater_(input_) {
        if (!begin_member())
            throw_damaged(input_.file().name(), "it does not begin as gzip data do");
    }
    std::size_t read(std::span<std::byte> out) override;

  private:
    bool begin_member();
    void skip_text();
    void end_member();
    void check_padding();

    InputCursor input_;
    Inflater inflater_;
    std::uint32_t crc_ = 0;
    std::uint32_t size_ = 0;  // modulo 2^32, as the trailer has it
    unsigned empty_ = 0;      // members in a row
    bool ended_ = false;
};

class DeflateStream : public ByteStream {
  public:
    DeflateStream(InputFile file, std::uint64_t plain_size, std::uint32_t crc)
        : input_(std::move(file)), inflater_(input_), left_(plain_size), expected_(crc) {}
    std::size_t read(std::span<std::byte> out) override;

  private:
    InputCursor input_;
    Inflater inflater_;
    std::uint64_t left_;
    std::uint32_t expected_;
    std::uint32_t crc_ = 0;
    bool ended_ = false;
};

class PlainStream : public ByteStream {
  public:
    explicit PlainStream(InputFile file) : file_(std::move(file)) {}
    std::size_t read(std::span<std::byte> out) override {
        const auto part = out.first(std::min<std::uint64_t>(out.size(), file_.size() - position_));
        file_.read(position_, part);
        position_ += part.size();
        return part.size();
    }
    std::uint64_t skip(std::uint64_t count, const CancelToken&) override {
        const std::uint64_t part = std::min(count, file_.size() - position_);
        position_ += part;
        return part;
    }

  private:
    InputFile file_;
    std::uint64_t position_ = 0;
};

class StoredStream : public ByteStream {
  public:
    StoredStream(InputFile file, std::uint32_t crc)
        : file_(file), plain_(std::move(file)), expected_(crc) {}
    std::size_t read(std::span<std::byte> out) override {
        const std::size_t count = plain_.read(out);
        crc_ = crc_of(crc_, out.first(count));
        if (count < out.size() && crc_ != expected_)
            throw_damaged(file_.name(), "its checksum differs");
        return count;
    }

  private:
    InputFile file_;
    PlainStream plain_;
    std::uint32_t expected_;
    std::uint32_t crc_ = 0;
};

}  // namespace

std::unique_ptr<ByteStream> make_gzip_stream(InputFile file) {
    return std::make_unique<GzipStream>(std::move(file));
}

std::unique_ptr<ByteStream> make_deflate_stream(InputFile file, std::uint64_t plain_size,
                                                std::uint32_t crc32) {
    return std::make_unique<DeflateStream>(std::move(file), plain_size, crc32);
}

std::unique_ptr<ByteStream> make_stored_stream(InputFile file, std::uint32_t crc32) {
    return std::make_unique<StoredStream>(std::move(file), crc32);
}

std::unique_ptr<ByteStream> make_plain_stream(InputFile file) {
    return std::make_unique<PlainStream>(std::move(file));
}

namespace {

std::size_t Inflater::read(std::span<std::byte> out) {
    constexpr std::size_t kMost = std::numeric_limits<std::int32_t>::max();
    std::size_t done = 0;
    while (done < out.size() && !ended_) {
        const auto in = input_.peek();
        const auto part = out.subspan(done, std::min(kMost, out.size() - done));
        // The library's parameter is not const although it only reads.
        state_->next_in =
            const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(in.data()));
        state_->avail_in = static_cast<std::uint32_t>(in.size());
        state_->next_out = reinterpret_cast<std::uint8_t*>(part.data());
        state_->avail_out = static_cast<std::uint32_t>(part.size());
        const int result = isal_inflate(state_.get());
        if (result < 0 || result == ISAL_NEED_DICT) {
            throw_damaged(input_.file().name(), "the compressed data are not valid");
        }
        const std::size_t made = part.size() - state_->avail_out;
        // Both may go backwards: what it had taken too much is given back at the end.
        const std::ptrdiff_t taken =
            state_->next_in - reinterpret_cast<const std::uint8_t*>(in.data());
        taken >= 0 ? input_.consume(static_cast<std::size_t>(taken))
                   : input_.step_back(static_cast<std::size_t>(-taken));
        done += made;
        if (state_->block_state == ISAL_BLOCK_FINISH) {
            input_.step_back(static_cast<std::size_t>(state_->read_in_length / 8));
            ended_ = true;
        } else if (made == 0 && taken == 0) {
            throw_cut_off(input_.file().name());
        }
    }
    return done;
}

std::size_t GzipStream::read(std::span<std::byte> out) {
    std::size_t done = 0;
    while (done < out.size() && !ended_) {
        const std::size_t count = inflater_.read(out.subspan(done));
        crc_ = crc_of(crc_, out.subspan(done, count));
        size_ += static_cast<std::uint32_t>(count);
        done += count;
        if (count != 0) empty_ = 0;
        if (!inflater_.ended()) continue;
        if (++empty_ > kMostEmptyMembers) {
            throw_damaged(input_.file().name(), "it has too many empty members");
        }
        end_member();
        ended_ = !begin_member();
    }
    return done;
}

// False at the end of the file. RFC 1952, section 2.3.
bool GzipStream::begin_member() {
    constexpr std::uint8_t kHeaderCrc = 2;
    constexpr std::uint8_t kExtra = 4;
    constexpr std::uint8_t kName = 8;
    constexpr std::uint8_t kComment = 16;
    constexpr std::uint8_t kReserved = 0xe0;
    if (input_.left() == 0) return false;
    if (input_.peek().front() == std::byte{0} && input_.position() != 0) {
        check_padding();
        return false;
    }
    std::array<std::byte, 10> header;
    if (!input_.read_exactly(header)) {
        if (header[0] == std::byte{0x1f}) throw_cut_off(input_.file().name());
        throw_damaged(input_.file().name(), "something else than gzip data stands behind its end");
    }
    if (header[0] != std::byte{0x1f} || header[1] != std::byte{0x8b}) {
        throw_damaged(input_.file().name(), "something else than gzip data stands behind its end");
    }
    const auto flags = std::to_integer<std::uint8_t>(header[3]);
    if (header[2] != std::byte{8} || (flags & kReserved) != 0) {
        throw_damaged(input_.file().name(), "its header asks for something that is not in use");
    }
    if ((flags & kExtra) != 0) {
        std::array<std::byte, 2> length;
        if (!input_.read_exactly(length) || !input_.skip(load_le<std::uint16_t>(length, 0))) {
            throw_cut_off(input_.file().name());
        }
    }
    if ((flags & kName) != 0) skip_text();
    if ((flags & kComment) != 0) skip_text();
    if ((flags & kHeaderCrc) != 0 && !input_.skip(2)) throw_cut_off(input_.file().name());
    inflater_.reset();
    crc_ = 0;
    size_ = 0;
    return true;
}

void GzipStream::skip_text() {
    constexpr unsigned kMost = 65536;
    std::array<std::byte, 1> byte;
    for (unsigned i = 0; i < kMost; ++i) {
        if (!input_.read_exactly(byte)) throw_cut_off(input_.file().name());
        if (byte[0] == std::byte{0}) return;
    }
    throw_damaged(input_.file().name(), "the name in its header has no end");
}

void GzipStream::end_member() {
    std::array<std::byte, 8> trailer;
    if (!input_.read_exactly(trailer)) throw_cut_off(input_.file().name());
    if (load_le<std::uint32_t>(trailer, 0) != crc_ || load_le<std::uint32_t>(trailer, 4) != size_) {
        throw_damaged(input_.file().name(), "its checksum differs");
    }
}

void GzipStream::check_padding() {
    while (true) {
        const auto rest = input_.peek();
        if (rest.empty()) return;
        if (!is_zero(rest)) {
            throw_damaged(input_.file().name(),
                          "something else than gzip data stands behind its end");
        }
        input_.consume(rest.size());
    }
}

std::size_t DeflateStream::read(std::span<std::byte> out) {
    if (ended_) return 0;
    const std::size_t count = inflater_.read(out);
    if (count > left_) throw_damaged(input_.file().name(), "it has more bytes than its entry says");
    left_ -= count;
    crc_ = crc_of(crc_, out.first(count));
    if (!inflater_.ended()) return count;
    ended_ = true;
    if (left_ != 0) throw_damaged(input_.file().name(), "it has fewer bytes than its entry says");
    if (input_.left() != 0) throw_damaged(input_.file().name(), "something stands behind its end");
    if (crc_ != expected_) throw_damaged(input_.file().name(), "its checksum differs");
    return count;
}

std::uint32_t crc_of(std::uint32_t crc, std::span<const std::byte> bytes) {
    return crc32_gzip_refl(crc, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace
}  // namespace kiln::formats
