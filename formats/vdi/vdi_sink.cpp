#include "formats/vdi/vdi_sink.h"

#include <limits>
#include <optional>

#include "base/error.h"
#include "base/size.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/disk_identity.h"
#include "formats/core/page_run_encoder.h"
#include "formats/file/entry_writer.h"
#include "formats/file/output_file.h"
#include "formats/vdi/vdi_header.h"

namespace kiln::formats {

using vdi::kBlock;

namespace {

class VdiSink : public Sink {
  public:
    VdiSink(std::filesystem::path path, const VdiSinkOptions& options);

    // Not the format's block, which is larger than a batch: a piece needs no whole one.
    std::size_t block_size() const override { return ZeroMap::kPage; }
    std::unique_ptr<Encoder> make_encoder() const override {
        return std::make_unique<PageRunEncoder>();
    }
    std::optional<Space> space_needed(std::uint64_t, std::uint64_t data_bytes) const override {
        return space_beside(path_, data_bytes);
    }
    void begin(std::uint64_t virtual_size) override;
    void append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) override;
    OutputResult finish(const CancelToken& cancel) override;
    void sync() override { file_->sync(); }
    void commit(Sync sync) override { file_->commit(sync); }

  private:
    std::uint64_t place(std::uint64_t block);
    void place_up_to(std::uint64_t block);

    std::filesystem::path path_;
    VdiSinkOptions options_;
    vdi::Header header_;
    std::optional<OutputFile> file_;
    std::optional<EntryWriter> map_;
    std::optional<DiskIdentity> identity_;
    std::optional<std::uint64_t> current_;  // the block placed last
};

}  // namespace

std::unique_ptr<Sink> make_vdi_sink(const std::filesystem::path& path,
                                    const VdiSinkOptions& options) {
    return std::make_unique<VdiSink>(path, options);
}

namespace {

VdiSink::VdiSink(std::filesystem::path path, const VdiSinkOptions& options)
    : path_(std::move(path)), options_(options) {
    if (path_ == "-") {
        throw Error("a VDI cannot be written to a pipe")
            .because("its block map is written last and stands first")
            .with_hint("Name a file, or write raw or a streamOptimized VMDK.");
    }
}

void VdiSink::begin(std::uint64_t virtual_size) {
    const std::uint64_t blocks = divide_up(virtual_size, kBlock);
    const std::uint64_t map = vdi::kHeaderSize + blocks * 4;
    if (blocks > vdi::kMaxBlocks || map > std::numeric_limits<std::uint32_t>::max() - kBlock) {
        throw Error(fmt::format("a disk of {} is too large for a VDI", format_size(virtual_size)))
            .because("the format ends at 512 TiB");
    }
    const bool is_static = options_.subformat == VdiSinkOptions::Subformat::Static;
    header_.type = is_static ? vdi::ImageType::Static : vdi::ImageType::Dynamic;
    header_.map_offset = vdi::kHeaderSize;
    header_.data_offset = static_cast<std::uint32_t>(round_up(map, kBlock));
    header_.disk_size = round_up(virtual_size, vdi::kSector);
    header_.blocks = static_cast<std::uint32_t>(blocks);
    file_.emplace(path_);
    map_.emplace(*file_, header_.map_offset, round_up(blocks, vdi::kSector / 4),
                 EntryWriter::Order::Little);
    identity_.emplace(header_.disk_size);
}

void VdiSink::append(const EncodedBatch& batch, std::shared_ptr<const void>) {
    for (const Piece& piece : batch.pieces) {
        identity_->add(piece.guest_offset, piece.bytes);
        const std::uint64_t block = piece.guest_offset / kBlock;
        const std::uint64_t last = (piece.guest_offset + piece.bytes.size() - 1) / kBlock;
        const std::uint64_t start = place(block);
        // Blocks that are placed one after the other are neighbours: the piece stays whole.
        for (std::uint64_t next = block + 1; next <= last; ++next) place(next);
        file_->write_at(start + piece.guest_offset % kBlock, piece.bytes);
    }
}

OutputResult VdiSink::finish(const CancelToken& cancel) {
    if (header_.type == vdi::ImageType::Static) place_up_to(header_.blocks);
    map_->finish();
    identity_->finish();
    header_.id = identity_->derive("vdi");
    header_.snapshot_id = identity_->derive("vdi snapshot");
    const std::uint64_t end = header_.data_offset + std::uint64_t{header_.allocated} * kBlock;
    file_->set_size(end);
    file_->write_at(0, header_.encode());
    OutputResult result{path_.string(), "vdi", end, {}, {}};
    if (options_.sha256 || !options_.digests.empty()) {
        file_->digest(result, options_.digests, cancel);
    }
    return result;
}

// Where the block's data begin. Blocks come in rising order.
std::uint64_t VdiSink::place(std::uint64_t block) {
    if (current_ != block) {
        if (header_.type == vdi::ImageType::Static) place_up_to(block);
        map_->set(block, header_.allocated++);
        current_ = block;
    }
    return header_.data_offset + std::uint64_t{header_.allocated - 1} * kBlock;
}

// In a static disk the blocks of zeros have a place too.
void VdiSink::place_up_to(std::uint64_t block) {
    while (header_.allocated < block) {
        map_->set(header_.allocated, header_.allocated);
        ++header_.allocated;
    }
}

}  // namespace
}  // namespace kiln::formats
