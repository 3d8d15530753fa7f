#include "formats/qcow2/qcow2_sink.h"

#include <bit>
#include <cstring>

#include "base/size.h"
#include "formats/bytes/bytes.h"
#include "formats/file/output_file.h"
#include "formats/qcow2/qcow2_header.h"
#include "formats/qcow2/refcount_writer.h"

namespace kiln::formats {

namespace {

using Compression = Qcow2SinkOptions::Compression;

// A cluster that holds compressed data stays open for more until this many others lie behind it,
// so that the refcounts before it can be written.
constexpr std::uint64_t kMaxFillDistance = 1024;

// Clusters that are not zero, compressed where that makes them smaller. Compressed ones lie end to
// end in the storage.
class Qcow2Encoder : public Encoder {
  public:
    Qcow2Encoder(std::size_t cluster_size, std::unique_ptr<BlockCompressor> compressor)
        : cluster_size_(cluster_size), compressor_(std::move(compressor)) {}

    void encode(const Batch& batch, EncodedBatch& out) override;

  private:
    std::size_t cluster_size_;
    std::unique_ptr<BlockCompressor> compressor_;
};

class Qcow2Sink : public Sink {
  public:
    Qcow2Sink(std::filesystem::path path, const Qcow2SinkOptions& options);

    std::size_t block_size() const override { return options_.cluster_size; }
    std::unique_ptr<Encoder> make_encoder() const override;
    std::optional<Space> space_needed(std::uint64_t virtual_size,
                                      std::uint64_t data_bytes) const override;
    void begin(std::uint64_t virtual_size) override;
    void append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) override;
    OutputResult finish(const CancelToken& cancel) override;
    void sync() override { file_->sync(); }
    void commit(Sync sync) override { file_->commit(sync); }

  private:
    std::uint64_t allocate_cluster();
    std::uint64_t place_compressed(std::uint64_t size);
    void open_l2(std::uint64_t index);
    void close_l2();
    void flush_refcounts();
    std::uint64_t write_cluster(const std::function<std::span<const std::byte>()>& content);
    std::uint64_t write_subclusters(std::uint64_t place, std::span<const std::byte> cluster);
    void write(std::uint64_t offset, std::span<const std::byte> bytes);
    void flush_run();

    std::filesystem::path path_;
    Qcow2SinkOptions options_;
    std::uint64_t cluster_;
    Qcow2Header header_;
    std::optional<OutputFile> file_;
    std::optional<RefcountWriter> refcounts_;
    std::vector<std::byte> l1_;
    std::vector<std::byte> l2_;
    std::optional<std::uint64_t> l2_index_;
    std::uint64_t next_cluster_ = 0;
    // The free tail of the cluster that compressed data goes to; empty when both are equal.
    std::uint64_t fill_ = 0;
    std::uint64_t fill_end_ = 0;
    // Neighbouring writes are put together as long as their bytes are neighbours too.
    std::uint64_t run_offset_ = 0;
    std::span<const std::byte> run_;
};

struct TableSizes {
    std::uint64_t l1_entries = 0;
    std::uint64_t refcount_table_clusters = 0;
};
TableSizes table_sizes(const Qcow2Header& header);

}  // namespace

std::unique_ptr<Sink> make_qcow2_sink(const std::filesystem::path& path,
                                      const Qcow2SinkOptions& options) {
    return std::make_unique<Qcow2Sink>(path, options);
}

namespace {

void Qcow2Encoder::encode(const Batch& batch, EncodedBatch& out) {
    if (compressor_ && out.storage.size() < batch.bytes.size()) {
        out.storage.resize(batch.bytes.size());
    }
    std::span<std::byte> rest = out.storage;
    for (std::size_t start = 0; start < batch.bytes.size(); start += cluster_size_) {
        if (batch.is_zero(start, cluster_size_)) continue;
        const auto cluster = batch.bytes.subspan(start, cluster_size_);
        // Below this gain reading the cluster plainly is worth more than the space.
        const std::size_t room = cluster_size_ - cluster_size_ / 64;
        const std::size_t size = compressor_ ? compressor_->compress(cluster, rest.first(room)) : 0;
        if (size == 0) {
            out.pieces.push_back({batch.offset + start, cluster, false});
            continue;
        }
        out.pieces.push_back({batch.offset + start, rest.first(size), true});
        rest = rest.subspan(size);
    }
}

Qcow2Sink::Qcow2Sink(std::filesystem::path path, const Qcow2SinkOptions& options)
    : path_(std::move(path)), options_(options), cluster_(options.cluster_size) {
    if (!std::has_single_bit(cluster_) || cluster_ < 1U << qcow2::kMinClusterBits ||
        cluster_ > 1U << qcow2::kMaxClusterBits) {
        throw Error(fmt::format("cluster_size {} is not possible in a qcow2", cluster_))
            .with_hint("It is a power of two between 512 and 2M.");
    }
    if (options_.version == 2 && (options_.lazy_refcounts || options_.extended_l2 ||
                                  options_.compression == Compression::Zstd)) {
        throw Error("lazy_refcounts, extended_l2 and zstd need compat=1.1");
    }
    if (options_.extended_l2 && cluster_ < 1U << qcow2::kMinExtendedClusterBits) {
        throw Error("extended_l2 needs a cluster_size of 16k or more");
    }
    if (path_ == "-") {
        throw Error("a qcow2 cannot be written to a pipe")
            .because("its tables are written last and stand first")
            .with_hint("Name a file, or write raw or a streamOptimized VMDK.");
    }
}

std::unique_ptr<Encoder> Qcow2Sink::make_encoder() const {
    std::unique_ptr<BlockCompressor> compressor;
    switch (options_.compression) {
        case Compression::None:
            break;
        case Compression::Zlib:
            compressor = make_deflate_compressor(options_.speed, options_.window);
            break;
        case Compression::Zstd:
            compressor = make_zstd_compressor(options_.speed);
            break;
    }
    return std::make_unique<Qcow2Encoder>(cluster_, std::move(compressor));
}

std::optional<Sink::Space> Qcow2Sink::space_needed(std::uint64_t, std::uint64_t data_bytes) const {
    const bool compressed = options_.compression != Compression::None;
    return space_beside(path_, compressed ? data_bytes / 4 : data_bytes);
}

void Qcow2Sink::begin(std::uint64_t virtual_size) {
    header_.version = options_.version;
    header_.cluster_bits = static_cast<std::uint32_t>(std::countr_zero(cluster_));
    header_.size = round_up(virtual_size, 512);
    if (options_.compression == Compression::Zstd) {
        header_.compression_type = 1;
        header_.incompatible |= Qcow2Header::kCompressionType;
    }
    if (options_.extended_l2) header_.incompatible |= Qcow2Header::kExtendedL2;
    if (options_.lazy_refcounts) header_.compatible = Qcow2Header::kLazyRefcounts;
    const TableSizes sizes = table_sizes(header_);
    const std::uint64_t table_bytes = sizes.refcount_table_clusters * cluster_;
    if (sizes.l1_entries * 8 > qcow2::kMaxL1Bytes || table_bytes > qcow2::kMaxRefcountTableBytes) {
        throw Error(fmt::format("a disk of {} is too large for a qcow2 with clusters of {}",
                                format_size(virtual_size), format_size(cluster_)))
            .with_hint("Choose a larger cluster_size.");
    }
    file_.emplace(path_);
    l1_.resize(round_up(sizes.l1_entries * 8, cluster_));
    l2_.resize(cluster_);
    refcounts_.emplace(cluster_, table_bytes);

    header_.l1_size = static_cast<std::uint32_t>(sizes.l1_entries);
    header_.l1_offset = cluster_;
    header_.refcount_table_offset = cluster_ + l1_.size();
    header_.refcount_table_clusters = static_cast<std::uint32_t>(sizes.refcount_table_clusters);
    const std::uint64_t reserved = 1 + l1_.size() / cluster_ + sizes.refcount_table_clusters;
    while (next_cluster_ < reserved) allocate_cluster();
}

void Qcow2Sink::append(const EncodedBatch& batch, std::shared_ptr<const void>) {
    for (const Piece& piece : batch.pieces) {
        const std::uint64_t index = piece.guest_offset / cluster_;
        open_l2(index / header_.l2_entries());
        const std::uint64_t slot = index % header_.l2_entries() * header_.l2_entry_size();
        std::uint64_t entry = 0;
        if (piece.compressed) {
            const std::uint64_t place = place_compressed(piece.bytes.size());
            write(place, piece.bytes);
            entry = qcow2::compressed_entry(place, piece.bytes.size(), header_);
        } else {
            const std::uint64_t place = allocate_cluster() * cluster_;
            entry = place | qcow2::kCopied;
            if (options_.extended_l2) {
                store_be(l2_, slot + sizeof entry, write_subclusters(place, piece.bytes));
            } else {
                write(place, piece.bytes);
            }
        }
        store_be(l2_, slot, entry);
    }
    flush_run();  // the batch's bytes are not ours any longer
    flush_refcounts();
}

OutputResult Qcow2Sink::finish(const CancelToken& cancel) {
    close_l2();
    fill_ = fill_end_ = 0;
    refcounts_->finish([this] { return next_cluster_; },
                       [this](const auto& content) { return write_cluster(content); });
    file_->set_size(next_cluster_ * cluster_);
    file_->write_at(header_.l1_offset, l1_);
    file_->write_at(header_.refcount_table_offset, refcounts_->table());
    file_->write_at(0, header_.encode());
    OutputResult result{path_.string(), "qcow2", next_cluster_ * cluster_, {}, {}};
    if (options_.sha256 || !options_.digests.empty()) {
        file_->digest(result, options_.digests, cancel);
    }
    return result;
}

std::uint64_t Qcow2Sink::allocate_cluster() {
    refcounts_->add_reference(next_cluster_);
    return next_cluster_++;
}

// A cluster counts one reference for each compressed piece that touches it.
std::uint64_t Qcow2Sink::place_compressed(std::uint64_t size) {
    if (fill_ == fill_end_ || fill_end_ - fill_ < size) {
        // Runs on into the next cluster if that is free, else the tail is left.
        const bool contiguous = fill_ != fill_end_ && fill_end_ == next_cluster_ * cluster_;
        if (contiguous) refcounts_->add_reference(fill_ / cluster_);
        const std::uint64_t fresh = allocate_cluster() * cluster_;
        if (!contiguous) fill_ = fresh;
        fill_end_ = fresh + cluster_;
    } else {
        refcounts_->add_reference(fill_ / cluster_);
    }
    const std::uint64_t place = fill_;
    fill_ += size;
    return place;
}

void Qcow2Sink::open_l2(std::uint64_t index) {
    if (l2_index_ == index) return;
    close_l2();
    l2_index_ = index;
    std::memset(l2_.data(), 0, l2_.size());
}

void Qcow2Sink::close_l2() {
    if (!l2_index_) return;
    const std::uint64_t place =
        write_cluster([this]() -> std::span<const std::byte> { return l2_; });
    store_be(l1_, *l2_index_ * 8, place | qcow2::kCopied);
    l2_index_.reset();
}

void Qcow2Sink::flush_refcounts() {
    if (next_cluster_ - fill_ / cluster_ > kMaxFillDistance) fill_ = fill_end_ = 0;
    const std::uint64_t settled = fill_ != fill_end_ ? fill_ / cluster_ : next_cluster_;
    refcounts_->flush_below(settled,
                            [this](const auto& content) { return write_cluster(content); });
}

std::uint64_t Qcow2Sink::write_cluster(const std::function<std::span<const std::byte>()>& content) {
    const std::uint64_t place = allocate_cluster() * cluster_;
    flush_run();
    file_->write_at(place, content());
    return place;
}

// Those that are not zero; returns the bitmap that says which.
std::uint64_t Qcow2Sink::write_subclusters(std::uint64_t place,
                                           std::span<const std::byte> cluster) {
    const std::size_t size = cluster.size() / qcow2::kSubclusters;
    std::uint64_t bitmap = 0;
    for (unsigned i = 0; i < qcow2::kSubclusters; ++i) {
        const auto subcluster = cluster.subspan(i * size, size);
        if (is_zero(subcluster)) continue;
        bitmap |= std::uint64_t{1} << i;
        write(place + i * size, subcluster);
    }
    return bitmap;
}

void Qcow2Sink::write(std::uint64_t offset, std::span<const std::byte> bytes) {
    if (!run_.empty() && offset == run_offset_ + run_.size() &&
        bytes.data() == run_.data() + run_.size()) {
        run_ = {run_.data(), run_.size() + bytes.size()};
        return;
    }
    flush_run();
    run_offset_ = offset;
    run_ = bytes;
}

void Qcow2Sink::flush_run() {
    if (!run_.empty()) file_->write_at(run_offset_, run_);
    run_ = {};
}

// For the case that no cluster is zero and none compresses: never more than one host cluster for a
// guest cluster, whatever the mix.
TableSizes table_sizes(const Qcow2Header& header) {
    const std::uint64_t cluster = header.cluster_size();
    const std::uint64_t guest = divide_up(header.size, cluster);
    TableSizes sizes;
    // An empty disk has a table too, so that its cluster is in use.
    sizes.l1_entries = std::max<std::uint64_t>(1, divide_up(header.size, header.l2_span()));
    const std::uint64_t fixed =
        1 + divide_up(sizes.l1_entries * 8, cluster) + sizes.l1_entries + guest;
    const std::uint64_t per_block = cluster / sizeof(std::uint16_t);
    std::uint64_t blocks = 1;
    // Blocks and table count themselves; grows by less each round.
    while (true) {
        sizes.refcount_table_clusters = divide_up(blocks * 8, cluster);
        const std::uint64_t needed =
            divide_up(fixed + blocks + sizes.refcount_table_clusters, per_block);
        if (needed <= blocks) return sizes;
        blocks = needed;
    }
}

}  // namespace
}  // namespace kiln::formats
