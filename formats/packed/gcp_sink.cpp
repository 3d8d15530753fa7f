#include "formats/packed/gcp_sink.h"

#include <optional>

#include "formats/bytes/bytes.h"
#include "formats/bytes/tar_header.h"
#include "formats/packed/gzip_writer.h"
#include "formats/packed/piece_spool.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kGib = std::uint64_t{1} << 30;
constexpr std::uint64_t kTarRecord = 10240;  // what tar writes at once
constexpr std::uint64_t kMaxDisk = std::uint64_t{1} << 60;
constexpr const char* kMember = "disk.raw";

class GcpSink : public Sink {
  public:
    GcpSink(std::filesystem::path path, const GcpOptions& options)
        : path_(std::move(path)), options_(options), map_(kGzipHole, options.most_runs) {}

    std::size_t block_size() const override { return kGzipBlock; }
    std::unique_ptr<Encoder> make_encoder() const override {
        return make_gzip_encoder(options_.speed, size_);
    }
    std::optional<Space> space_needed(std::uint64_t, std::uint64_t data_bytes) const override;
    void begin(std::uint64_t virtual_size) override;
    void append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) override;
    OutputResult finish(const CancelToken& cancel) override;
    void sync() override { writer_->sync(); }
    void commit(Sync sync) override { writer_->commit(sync); }

  private:
    void write_header();
    void write_sparse_header();
    void write_spooled(const CancelToken& cancel);
    void write_piece(std::uint64_t offset, std::span<const std::byte> piece,
                     const std::shared_ptr<const void>& keep_alive);

    std::filesystem::path path_;
    GcpOptions options_;
    std::uint64_t size_ = 0;  // of the member
    std::optional<GzipWriter> writer_;
    std::optional<PieceSpool> spool_;  // only with holes
    SparseMap map_;
    std::uint64_t stored_ = 0;  // of the member
    std::uint64_t begin_ = 0;   // of its data in the archive
};

std::filesystem::path spool_directory(const std::filesystem::path& path);

}  // namespace

std::unique_ptr<Sink> make_gcp_sink(const std::filesystem::path& path, const GcpOptions& options) {
    return std::make_unique<GcpSink>(path, options);
}

namespace {

// Disks compress to about 0.4.
std::optional<Sink::Space> GcpSink::space_needed(std::uint64_t, std::uint64_t data_bytes) const {
    if (!options_.sparse) return space_beside(path_, data_bytes / 4);
    if (path_ == "-") return Space{temp_root().string(), data_bytes / 4};
    return space_beside(path_, data_bytes / 2);  // a half of it for what waits
}

void GcpSink::begin(std::uint64_t virtual_size) {
    if (virtual_size > kMaxDisk) {
        throw Error(fmt::format("{} cannot hold a disk of {} bytes", path_.string(), virtual_size));
    }
    size_ = options_.round_to_gib ? round_up(virtual_size, kGib) : virtual_size;
    writer_.emplace(path_, options_.sha256, options_.digests);
    if (options_.sparse) {
        spool_.emplace(fmt::format("the data of {}", path_.string()), spool_directory(path_));
    } else {
        write_header();
    }
}

void GcpSink::append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) {
    for (const Piece& piece : batch.pieces) {
        if (spool_) {
            map_.add({piece.guest_offset, gzip_plain_size(piece.bytes)});
            spool_->append(piece);
        } else {
            write_piece(piece.guest_offset, piece.bytes, keep_alive);
        }
    }
}

// At the end of a tar archive stand the padding to 512 bytes and at least two blocks of zeros, all
// of it whole records.
OutputResult GcpSink::finish(const CancelToken& cancel) {
    if (spool_) write_spooled(cancel);
    const std::uint64_t content = begin_ + round_up(stored_, kTarBlock) + 2 * kTarBlock;
    writer_->append_zeros(round_up(content, kTarRecord) - writer_->plain_size());
    OutputResult result{path_.string(), "gcp", 0, {}, {}};
    writer_->finish(result, cancel);
    result.members.push_back({kMember, size_, {}});
    return result;
}

void GcpSink::write_header() {
    writer_->append_plain(TarEntry{kMember, size_}.encode(TarDialect::OldGnu));
    begin_ = writer_->plain_size();
    stored_ = size_;
}

void GcpSink::write_sparse_header() {
    std::span<const TarRun> left = map_.runs();
    writer_->append_plain(encode_old_gnu_header(kMember, size_, left));
    left = left.subspan(std::min(left.size(), kOldGnuRunsInHeader));
    std::vector<std::byte> blocks;
    while (!left.empty()) {
        const auto block = encode_old_gnu_block(left);
        blocks.insert(blocks.end(), block.begin(), block.end());
        left = left.subspan(std::min(left.size(), kOldGnuRunsInBlock));
        if (!left.empty() && blocks.size() < kGzipBlock) continue;
        writer_->append_packed(blocks);
        blocks.clear();
    }
    begin_ = writer_->plain_size();
    stored_ = map_.stored();
}

void GcpSink::write_spooled(const CancelToken& cancel) {
    map_.finish(size_);
    const bool whole = map_.stored() == size_;
    whole ? write_header() : write_sparse_header();
    auto run = map_.runs().begin();
    std::uint64_t before = 0;  // stored bytes before this run
    spool_->replay(cancel, [&](std::uint64_t offset, const PieceSpool::Bytes& piece) {
        for (; offset >= run->end(); ++run) before += run->length;
        write_piece(before + offset - run->offset, *piece, piece);
    });
    spool_.reset();
}

// `offset` is where the piece's plain bytes lie among those that are stored.
void GcpSink::write_piece(std::uint64_t offset, std::span<const std::byte> piece,
                          const std::shared_ptr<const void>& keep_alive) {
    writer_->append_zeros(begin_ + offset - writer_->plain_size());
    writer_->append_piece(piece, keep_alive);
}

std::filesystem::path spool_directory(const std::filesystem::path& path) {
    if (path == "-") return {};
    return path.has_parent_path() ? path.parent_path() : ".";
}

}  // namespace
}  // namespace kiln::formats
