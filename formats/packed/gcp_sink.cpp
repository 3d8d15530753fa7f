#include "formats/packed/gcp_sink.h"

#include <array>
#include <optional>

#include "formats/bytes.h"
#include "formats/packed/gzip_writer.h"
#include "formats/tar_header.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kGib = std::uint64_t{1} << 30;
constexpr std::uint64_t kTarRecord = 10240;  // what tar writes at once
constexpr std::uint64_t kMaxDisk = std::uint64_t{1} << 60;

class GcpSink : public Sink {
  public:
    GcpSink(std::filesystem::path path, const GcpOptions& options)
        : path_(std::move(path)), options_(options) {}

    std::size_t block_size() const override { return kGzipBlock; }
    std::unique_ptr<Encoder> make_encoder() const override {
        return make_gzip_encoder(options_.speed);
    }
    std::optional<Space> space_needed(std::uint64_t, std::uint64_t data_bytes) const override {
        return space_beside(path_, data_bytes / 4);  // disks compress to about 0.4
    }
    void begin(std::uint64_t virtual_size) override;
    void append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) override;
    OutputResult finish(const CancelToken& cancel) override;
    void commit(Sync sync) override { writer_->commit(sync); }

  private:
    std::filesystem::path path_;
    GcpOptions options_;
    std::uint64_t size_ = 0;  // of the member
    std::optional<GzipWriter> writer_;
};

}  // namespace

std::unique_ptr<Sink> make_gcp_sink(const std::filesystem::path& path, const GcpOptions& options) {
    return std::make_unique<GcpSink>(path, options);
}

namespace {

void GcpSink::begin(std::uint64_t virtual_size) {
    if (virtual_size > kMaxDisk) {
        throw Error(fmt::format("{} cannot hold a disk of {} bytes", path_.string(), virtual_size));
    }
    size_ = options_.round_to_gib ? round_up(virtual_size, kGib) : virtual_size;
    writer_.emplace(path_, options_.sha256, options_.digests);
    writer_->append_plain(TarEntry{"disk.raw", size_}.encode(TarDialect::OldGnu));
}

void GcpSink::append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) {
    for (const Piece& piece : batch.pieces) {
        writer_->append_zeros(kTarBlock + piece.guest_offset - writer_->plain_size());
        writer_->append_block(piece.bytes, keep_alive);
    }
}

// The last block may reach beyond the disk with its zeros. They are then a part of those that end a
// tar archive: the padding to 512 bytes, at least two blocks, all of it whole records.
OutputResult GcpSink::finish(const CancelToken& cancel) {
    const std::uint64_t content = kTarBlock + round_up(size_, kTarBlock) + 2 * kTarBlock;
    const std::uint64_t total = round_up(std::max(content, writer_->plain_size()), kTarRecord);
    writer_->append_zeros(total - writer_->plain_size());
    OutputResult result{path_.string(), "gcp", 0, {}, {}};
    writer_->finish(result, cancel);
    result.members.push_back({"disk.raw", size_, {}});
    return result;
}

}  // namespace
}  // namespace kiln::formats
