#include "formats/packed/gzip_writer.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <isa-l/crc.h>

#include "formats/bytes/bytes.h"
#include "formats/codec/isal_deflate.h"
#include "formats/packed/crc32_combine.h"

namespace kiln::formats {

namespace {

constexpr unsigned kWindowBits = 15;
constexpr std::size_t kStored = 65535;  // most bytes of a stored block
constexpr std::size_t kStoredHeader = 5;
constexpr std::size_t kPieceHeader = 8;  // CRC-32 and plain length
constexpr std::size_t kBound = kGzipBlock + 4096;
constexpr unsigned kZeroUnit = 20;  // zeros are deflated by at most 1 MiB

IsalDeflate deflate_for(Speed speed);

class GzipEncoder : public Encoder {
  public:
    GzipEncoder(Speed speed, std::uint64_t size) : deflate_(deflate_for(speed)), size_(size) {}
    void encode(const Batch& batch, EncodedBatch& out) override;

  private:
    struct Stretch {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    std::optional<Stretch> next_stretch(const Batch& batch, std::size_t from,
                                        std::size_t end) const;
    std::size_t encode_stretch(std::span<const std::byte> bytes, std::span<std::byte> out);

    IsalDeflate deflate_;
    std::uint64_t size_;
};

std::size_t stored_size(std::size_t length);
std::size_t store(std::span<const std::byte> in, std::span<std::byte> out);
std::uint32_t crc_of(std::span<const std::byte> bytes);
std::vector<std::byte> deflated_zeros(std::size_t count);

}  // namespace

std::unique_ptr<Encoder> make_gzip_encoder(Speed speed, std::uint64_t size) {
    return std::make_unique<GzipEncoder>(speed, size);
}

std::uint32_t gzip_plain_size(std::span<const std::byte> piece) {
    return load_le<std::uint32_t>(piece, 4);
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
    std::vector<std::byte> out(stored_size(bytes.size()));
    store(bytes, out);
    write(out, nullptr);
    add_crc(crc_of(bytes), bytes.size());
}

void GzipWriter::append_packed(std::span<const std::byte> bytes) {
    std::vector<std::byte> out(bytes.size() + 1024);
    out.resize(deflate_for(Speed::Small).compress(bytes, out));
    write(out, nullptr);
    add_crc(crc_of(bytes), bytes.size());
}

void GzipWriter::append_zeros(std::uint64_t count) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << kZeroShift;
    std::uint64_t left = count;
    for (; left >= kMost; left -= kMost) write(*zeros(kZeroShift), zeros(kZeroShift));
    for (unsigned shift = kZeroShift; shift-- != 0;) {
        if ((left >> shift & 1) != 0) write(*zeros(shift), zeros(shift));
    }
    add_crc(crc32_of_zeros(count), count);
}

void GzipWriter::append_piece(std::span<const std::byte> piece,
                              const std::shared_ptr<const void>& keep_alive) {
    write(piece.subspan(kPieceHeader), keep_alive);
    add_crc(load_le<std::uint32_t>(piece, 0), gzip_plain_size(piece));
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

const GzipWriter::Bytes& GzipWriter::zeros(unsigned shift) {
    Bytes& result = zeros_.at(shift);
    if (result) return result;
    const auto once = deflated_zeros(std::size_t{1} << std::min(shift, kZeroUnit));
    auto all = std::make_shared<std::vector<std::byte>>();
    for (std::size_t i = 0; i < std::size_t{1} << (shift - std::min(shift, kZeroUnit)); ++i) {
        all->insert(all->end(), once.begin(), once.end());
    }
    result = std::move(all);
    return result;
}

namespace {

void GzipEncoder::encode(const Batch& batch, EncodedBatch& out) {
    const std::size_t room = divide_up(batch.bytes.size(), kGzipBlock) * kBound;
    if (out.storage.size() < room) out.storage.resize(room);
    std::span<std::byte> left = out.storage;
    const std::size_t size = std::min<std::uint64_t>(batch.bytes.size(), size_ - batch.offset);
    for (std::size_t block = 0; block < size; block += kGzipBlock) {
        const std::size_t end = std::min(size, block + kGzipBlock);
        for (auto next = next_stretch(batch, block, end); next;
             next = next_stretch(batch, next->end, end)) {
            const auto bytes = batch.bytes.subspan(next->begin, next->end - next->begin);
            const std::size_t length = encode_stretch(bytes, left);
            out.pieces.push_back({batch.offset + next->begin, left.first(length), true});
            left = left.subspan(length);
        }
    }
}

// From the first page that is not zero up to a hole or the last such page.
std::optional<GzipEncoder::Stretch> GzipEncoder::next_stretch(const Batch& batch, std::size_t from,
                                                              std::size_t end) const {
    Stretch stretch{end, end};
    for (std::size_t page = from; page < end; page += ZeroMap::kPage) {
        if (batch.is_zero(page, ZeroMap::kPage)) {
            if (page - stretch.end + ZeroMap::kPage >= kGzipHole && stretch.begin != end) break;
            continue;
        }
        if (stretch.begin == end) stretch.begin = page;
        stretch.end = std::min(page + ZeroMap::kPage, end);
    }
    return stretch.begin == end ? std::nullopt : std::optional(stretch);
}

std::size_t GzipEncoder::encode_stretch(std::span<const std::byte> bytes,
                                        std::span<std::byte> out) {
    const auto packed = out.subspan(kPieceHeader, stored_size(bytes.size()));
    std::size_t size = looks_incompressible(bytes) ? 0 : deflate_.compress(bytes, packed);
    if (size == 0) size = store(bytes, packed);
    store_le(out, 0, crc_of(bytes));
    store_le(out, 4, static_cast<std::uint32_t>(bytes.size()));
    return kPieceHeader + size;
}

IsalDeflate deflate_for(Speed speed) {
    const unsigned level = speed == Speed::Fast ? 1 : speed == Speed::Balanced ? 2 : 3;
    return {level, kWindowBits, IsalDeflate::End::Open};
}

std::size_t stored_size(std::size_t length) {
    return length + kStoredHeader * divide_up(length, kStored);
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

std::vector<std::byte> deflated_zeros(std::size_t count) {
    const std::vector<std::byte> zeros(count);
    std::vector<std::byte> packed(count + 1024);
    packed.resize(deflate_for(Speed::Small).compress(zeros, packed));
    return packed;
}

}  // namespace
}  // namespace kiln::formats
