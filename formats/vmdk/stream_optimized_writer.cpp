#include "formats/vmdk/stream_optimized_writer.h"

#include <cstring>
#include <limits>

#include "formats/bytes/bytes.h"
#include "formats/vmdk/vmdk_descriptor.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kDescriptorSectors = 20;  // as VMware and QEMU reserve
constexpr std::uint64_t kOverheadSectors = 128;   // grains begin at 64 KiB

// Each grain that is not zero: marker, zlib stream, padding to a sector.
class GrainEncoder : public Encoder {
  public:
    explicit GrainEncoder(Speed speed) : compressor_(make_zlib_compressor(speed)) {}

    void encode(const Batch& batch, EncodedBatch& out) override {
        constexpr std::size_t kGrain = StreamOptimizedWriter::kGrain;
        const std::size_t room = round_up(kGrainMarkerSize + zlib_bound(kGrain), kVmdkSector);
        const std::size_t worst = batch.bytes.size() / kGrain * room;
        if (out.storage.size() < worst) out.storage.resize(worst);
        std::span<std::byte> rest = out.storage;
        for (std::size_t start = 0; start < batch.bytes.size(); start += kGrain) {
            if (batch.is_zero(start, kGrain)) continue;
            const std::uint64_t offset = batch.offset + start;
            const std::size_t size = compressor_->compress(batch.bytes.subspan(start, kGrain),
                                                           rest.subspan(kGrainMarkerSize));
            store_le<std::uint64_t>(rest, 0, offset / kVmdkSector);
            store_le<std::uint32_t>(rest, 8, static_cast<std::uint32_t>(size));
            const std::size_t used = kGrainMarkerSize + size;
            const std::size_t padded = round_up(used, kVmdkSector);
            std::memset(rest.data() + used, 0, padded - used);
            out.pieces.push_back({offset, rest.first(padded), true});
            rest = rest.subspan(padded);
        }
    }

  private:
    std::unique_ptr<BlockCompressor> compressor_;
};

}  // namespace

StreamOptimizedWriter::StreamOptimizedWriter(OutputFile& file, std::uint64_t virtual_size,
                                             const std::string& name,
                                             const StreamOptimizedOptions& options)
    : file_(file) {
    header_.capacity = divide_up(virtual_size, kVmdkSector);
    header_.descriptor_offset = 1;
    header_.descriptor_size = kDescriptorSectors;
    header_.overhead = kOverheadSectors;
    directory_.resize(round_up(header_.tables() * 4, kVmdkSector));
    table_.resize(header_.table_sectors() * kVmdkSector);
    if (options.sha256 || !options.digests.empty()) hasher_.emplace(options.digests);

    std::vector<std::byte> start(kOverheadSectors * kVmdkSector);
    const auto head = header_.encode();
    std::memcpy(start.data(), head.data(), head.size());
    const std::string text = stream_optimized_descriptor(
        header_.capacity, name, options.adapter_type, options.hardware_version);
    std::memcpy(start.data() + kVmdkSector, text.data(), text.size());
    put(start);
}

std::unique_ptr<Encoder> StreamOptimizedWriter::make_encoder(Speed speed) {
    return std::make_unique<GrainEncoder>(speed);
}

void StreamOptimizedWriter::append(const EncodedBatch& batch,
                                   const std::shared_ptr<const void>& keep_alive) {
    if (batch.pieces.empty()) return;
    // A table covers 32 MiB, so that all grains of a batch belong to one.
    const std::uint64_t first_grain = batch.pieces.front().guest_offset / kGrain;
    open_table(first_grain / header_.entries_per_table);
    std::uint64_t position = size_;
    for (const Piece& piece : batch.pieces) {
        const std::uint64_t entry = piece.guest_offset / kGrain % header_.entries_per_table;
        store_le(table_, entry * 4, sector32(position));
        position += piece.bytes.size();
    }
    grains_ += batch.pieces.size();
    // The encoder has laid the pieces end to end.
    const std::span<const std::byte> bytes(batch.pieces.front().bytes.data(), position - size_);
    file_.append(bytes);
    if (hasher_) hasher_->update(bytes, keep_alive);
    size_ = position;
}

StreamOptimizedWriter::Result StreamOptimizedWriter::finish(const CancelToken& cancel) {
    close_table();
    put(encode_marker(VmdkMarker::Directory, directory_.size() / kVmdkSector));
    VmdkHeader footer = header_;
    footer.directory_offset = size_ / kVmdkSector;
    put(directory_);
    put(encode_marker(VmdkMarker::Footer, 1));
    put(footer.encode());
    put(encode_marker(VmdkMarker::EndOfStream, 0));
    Result result{size_, {}, grains_ * kGrain};
    if (hasher_) {
        result.sha256 = hasher_->finish(cancel);
        result.digests = hasher_->further();
    }
    return result;
}

void StreamOptimizedWriter::put(std::span<const std::byte> bytes) {
    file_.append(bytes);
    if (hasher_) hasher_->update_copy(bytes);
    size_ += bytes.size();
}

void StreamOptimizedWriter::open_table(std::uint64_t index) {
    if (table_index_ == index) return;
    close_table();
    table_index_ = index;
    std::memset(table_.data(), 0, table_.size());
}

void StreamOptimizedWriter::close_table() {
    if (!table_index_) return;
    put(encode_marker(VmdkMarker::GrainTable, header_.table_sectors()));
    store_le(directory_, *table_index_ * 4, sector32(size_));
    put(table_);
    table_index_.reset();
}

std::uint32_t StreamOptimizedWriter::sector32(std::uint64_t position) const {
    const std::uint64_t sector = position / kVmdkSector;
    if (sector > std::numeric_limits<std::uint32_t>::max()) {
        throw Error(fmt::format("{} would become larger than 2 TiB", file_.name()))
            .because("the tables of a VMDK count sectors with 32 bits")
            .with_hint("Choose another format for a disk with this much data.");
    }
    return static_cast<std::uint32_t>(sector);
}

}  // namespace kiln::formats
