#include "formats/packed/gzip_writer.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include "formats/bytes.h"
#include "formats/packed/crc32_combine.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kStored = 65535;  // most bytes of a stored block
constexpr std::size_t kStoredHeader = 5;
constexpr std::size_t kBound = kGzipBlock + 4096;
constexpr std::uint64_t kZeroUnit = std::uint64_t{1} << 20;
constexpr std::uint64_t kZeroRun = 64 * kZeroUnit;

class BlockDeflate {
  public:
    explicit BlockDeflate(unsigned level)
        : stream_(std::make_unique<isal_zstream>()), buffer_(ISAL_DEF_LVL3_LARGE), level_(level) {}
    /// The deflated size, or 0 when `out` is too short.
    std::size_t deflate(std::span<const std::byte> in, std::span<std::byte> out);

  private:
    std::unique_ptr<isal_zstream> stream_;
    std::vector<std::uint8_t> buffer_;
    unsigned level_;
};

class GzipEncoder : public Encoder {
  public:
    explicit GzipEncoder(unsigned level) : deflate_(level) {}
    void encode(const Batch& batch, EncodedBatch& out) override;

  private:
    BlockDeflate deflate_;
};

unsigned level_of(Speed speed);
std::size_t store(std::span<const std::byte> in, std::span<std::byte> out);
std::uint32_t crc_of(std::span<const std::byte> bytes);
std::shared_ptr<const std::vector<std::byte>> deflated_zeros(std::size_t count, unsigned times);

}  // namespace

std::unique_ptr<Encoder> make_gzip_encoder(Speed speed) {
    return std::make_unique<GzipEncoder>(level_of(speed));
}

GzipWriter::GzipWriter(const std::filesystem::path& path, bool sha256,
                       std::span<const DigestType> digests)
    : file_(path), sha256_(sha256) {
    if (sha256 || !digests.empty()) hasher_.emplace(digests);
    // RFC 1952: deflate, no flags, no time, no operating system.
    constexpr std::array<std::uint8_t, 10> kHeader = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff};
    write(std::as_bytes(std::span(kHeader)), nullptr);
}

void GzipWriter::append_plain(std::span<const std::byte> bytes) {
    std::vector<std::byte> out(bytes.size() + kStoredHeader * divide_up(bytes.size(), kStored));
    out.resize(store(bytes, out));
    write(out, nullptr);
    add_crc(crc_of(bytes), bytes.size());
}

void GzipWriter::append_zeros(std::uint64_t count) {
    if (count >= kZeroRun && !zeros_) {
        zeros_ = deflated_zeros(kZeroUnit, static_cast<unsigned>(kZeroRun / kZeroUnit));
    }
    if (count >= kGzipBlock && !few_zeros_) few_zeros_ = deflated_zeros(kGzipBlock, 1);
    std::uint64_t left = count;
    for (; left >= kZeroRun; left -= kZeroRun) write(*zeros_, zeros_);
    for (; left >= kGzipBlock; left -= kGzipBlock) write(*few_zeros_, few_zeros_);
    if (left != 0) {
        const auto rest = deflated_zeros(left, 1);
        write(*rest, rest);
    }
    add_crc(crc32_of_zeros(count), count);
}

void GzipWriter::append_block(std::span<const std::byte> piece,
                              std::shared_ptr<const void> keep_alive) {
    write(piece.subspan(4), keep_alive);
    add_crc(load_le<std::uint32_t>(piece, 0), kGzipBlock);
}

void GzipWriter::finish(OutputResult& result, const CancelToken& cancel) {
    // An empty stored block that is the last one, and the trailer.
    std::array<std::byte, 13> end{std::byte{1}, std::byte{0}, std::byte{0}, std::byte{0xff},
                                  std::byte{0xff}};
    store_le(end, 5, crc_);
    store_le(end, 9, static_cast<std::uint32_t>(plain_));
    write(end, nullptr);
    result.file_size = file_.position();
    if (!hasher_) return;
    const std::string sha256 = hasher_->finish(cancel);
    if (sha256_) result.sha256 = sha256;
    result.digests = hasher_->further();
}

void GzipWriter::write(std::span<const std::byte> bytes,
                       const std::shared_ptr<const void>& keep_alive) {
    file_.append(bytes);
    if (!hasher_) return;
    keep_alive ? hasher_->update(bytes, keep_alive) : hasher_->update_copy(bytes);
}

void GzipWriter::add_crc(std::uint32_t crc, std::uint64_t length) {
    crc_ = combine_crc32(crc_, crc, length);
    plain_ += length;
}

namespace {

void GzipEncoder::encode(const Batch& batch, EncodedBatch& out) {
    const std::size_t blocks = batch.bytes.size() / kGzipBlock;
    if (out.storage.size() < blocks * kBound) out.storage.resize(blocks * kBound);
    for (std::size_t i = 0; i < blocks; ++i) {
        if (batch.is_zero(i * kGzipBlock, kGzipBlock)) continue;
        const auto block = batch.bytes.subspan(i * kGzipBlock, kGzipBlock);
        const auto room = std::span(out.storage).subspan(i * kBound, kBound);
        store_le(room, 0, crc_of(block));
        std::size_t size =
            looks_incompressible(block) ? 0 : deflate_.deflate(block, room.subspan(4));
        if (size == 0) size = store(block, room.subspan(4));
        out.pieces.push_back({batch.offset + i * kGzipBlock, room.first(4 + size), true});
    }
}

std::size_t BlockDeflate::deflate(std::span<const std::byte> in, std::span<std::byte> out) {
    isal_deflate_stateless_init(stream_.get());
    stream_->level = level_;
    stream_->level_buf = buffer_.data();
    stream_->level_buf_size = static_cast<std::uint32_t>(buffer_.size());
    stream_->end_of_stream = 0;
    stream_->flush = FULL_FLUSH;
    stream_->gzip_flag = IGZIP_DEFLATE;
    stream_->next_in =
        const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(in.data()));  // only read
    stream_->avail_in = static_cast<std::uint32_t>(in.size());
    stream_->next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_->avail_out = static_cast<std::uint32_t>(out.size());
    if (isal_deflate_stateless(stream_.get()) != COMP_OK || stream_->avail_in != 0) return 0;
    return stream_->total_out;
}

unsigned level_of(Speed speed) {
    switch (speed) {
        case Speed::Fast:
            return 1;
        case Speed::Balanced:
            return 2;
        case Speed::Small:
            return 3;
    }
    return 2;
}

// RFC 1951, section 3.2.4, none of them the last.
std::size_t store(std::span<const std::byte> in, std::span<std::byte> out) {
    std::size_t position = 0;
    while (!in.empty()) {
        const std::size_t length = std::min(in.size(), kStored);
        out[position] = std::byte{0};
        store_le(out, position + 1, static_cast<std::uint16_t>(length));
        store_le(out, position + 3, static_cast<std::uint16_t>(~length));
        std::memcpy(out.data() + position + kStoredHeader, in.data(), length);
        position += kStoredHeader + length;
        in = in.subspan(length);
    }
    return position;
}

std::uint32_t crc_of(std::span<const std::byte> bytes) {
    return crc32_gzip_refl(0, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

std::shared_ptr<const std::vector<std::byte>> deflated_zeros(std::size_t count, unsigned times) {
    const std::vector<std::byte> zeros(count);
    std::vector<std::byte> once(count + 1024);
    once.resize(BlockDeflate(3).deflate(zeros, once));
    auto all = std::make_shared<std::vector<std::byte>>();
    for (unsigned i = 0; i < times; ++i) all->insert(all->end(), once.begin(), once.end());
    return all;
}

}  // namespace
}  // namespace kiln::formats
