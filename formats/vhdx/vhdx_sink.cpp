#include "formats/vhdx/vhdx_sink.h"

#include <bit>
#include <limits>
#include <optional>

#include "base/error.h"
#include "base/size.h"
#include "formats/bytes/disk_identity.h"
#include "formats/core/page_run_encoder.h"
#include "formats/file/output_file.h"
#include "formats/vhdx/bat_writer.h"
#include "formats/vhdx/vhdx_header.h"
#include "formats/vhdx/vhdx_metadata.h"
#include "formats/vhdx/vhdx_regions.h"

namespace kiln::formats {

using vhdx::kMiB;

namespace {

constexpr std::uint64_t kTableGoal = std::uint64_t{1} << 20;  // entries, of 8 bytes
constexpr std::uint64_t kMaxLogSize = std::uint64_t{4095} << 20;

class VhdxSink : public Sink {
  public:
    VhdxSink(std::filesystem::path path, const VhdxSinkOptions& options);

    // Not the format's block, which would not fit into memory: a piece needs no whole one.
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
    bool fixed() const { return options_.subformat == VhdxSinkOptions::Subformat::Fixed; }
    void lay_out(std::uint64_t virtual_size);
    std::uint64_t absent_entry(std::uint64_t block) const;
    std::uint64_t place(std::uint64_t block);
    void write_headers();

    std::filesystem::path path_;
    VhdxSinkOptions options_;
    vhdx::Metadata metadata_;
    vhdx::Geometry geometry_;
    vhdx::Regions regions_;
    std::optional<OutputFile> file_;
    std::optional<vhdx::BatWriter> bat_;
    std::optional<DiskIdentity> identity_;
    std::uint64_t first_block_ = 0;         // where the blocks begin
    std::uint64_t end_ = 0;                 // of the blocks that have a place
    std::optional<std::uint64_t> current_;  // the block placed last, which ends at `end_`
};

std::uint64_t chosen_block_size(std::uint64_t virtual_size);
std::uint64_t table_entries(const vhdx::Geometry& geometry);

constexpr std::uint64_t present(std::uint64_t place) {
    return place | static_cast<std::uint64_t>(vhdx::BlockState::FullyPresent);
}

}  // namespace

std::unique_ptr<Sink> make_vhdx_sink(const std::filesystem::path& path,
                                     const VhdxSinkOptions& options) {
    return std::make_unique<VhdxSink>(path, options);
}

namespace {

VhdxSink::VhdxSink(std::filesystem::path path, const VhdxSinkOptions& options)
    : path_(std::move(path)), options_(options) {
    const std::uint64_t block = options_.block_size;
    if (block != 0 &&
        (!std::has_single_bit(block) || block < vhdx::kMinBlock || block > vhdx::kMaxBlock)) {
        throw Error(fmt::format("block_size {} is not possible in a VHDX", block))
            .with_hint("It is a power of two between 1M and 256M.");
    }
    if (options_.log_size > kMaxLogSize) {
        throw Error(fmt::format("log_size {} is not possible in a VHDX", options_.log_size))
            .with_hint("It is at most 4095M.");
    }
    if (path_ == "-") {
        throw Error("a VHDX cannot be written to a pipe")
            .because("its tables are written last and stand first")
            .with_hint("Name a file, or write raw or a streamOptimized VMDK.");
    }
}

void VhdxSink::begin(std::uint64_t virtual_size) {
    lay_out(virtual_size);
    file_.emplace(path_);
    bat_.emplace(*file_, regions_.bat.offset, geometry_,
                 [this](std::uint64_t block) { return absent_entry(block); });
    identity_.emplace(geometry_.disk_size);
}

void VhdxSink::append(const EncodedBatch& batch, std::shared_ptr<const void>) {
    for (const Piece& piece : batch.pieces) {
        identity_->add(piece.guest_offset, piece.bytes);
        const std::uint64_t block = piece.guest_offset / geometry_.block_size;
        const std::uint64_t last =
            (piece.guest_offset + piece.bytes.size() - 1) / geometry_.block_size;
        const std::uint64_t start = place(block);
        // Blocks that are placed one after the other are neighbours: the piece stays whole.
        for (std::uint64_t next = block + 1; next <= last; ++next) place(next);
        file_->write_at(start + piece.guest_offset % geometry_.block_size, piece.bytes);
    }
}

OutputResult VhdxSink::finish(const CancelToken& cancel) {
    bat_->finish();
    file_->set_size(end_);
    write_headers();
    OutputResult result{path_.string(), "vhdx", end_, {}, {}};
    if (options_.sha256 || !options_.digests.empty()) {
        file_->digest(result, options_.digests, cancel);
    }
    return result;
}

void VhdxSink::lay_out(std::uint64_t virtual_size) {
    if (virtual_size > vhdx::kMaxDisk) {
        throw Error(fmt::format("a disk of {} is too large for a VHDX", format_size(virtual_size)))
            .because("the format ends at 64 TiB");
    }
    const std::uint64_t block =
        options_.block_size != 0 ? options_.block_size : chosen_block_size(virtual_size);
    metadata_.block_size = static_cast<std::uint32_t>(block);
    metadata_.leave_blocks_allocated = fixed();
    metadata_.disk_size = round_up(virtual_size, metadata_.logical_sector);
    geometry_ = metadata_.geometry();
    const std::uint64_t log = round_up(std::max(options_.log_size, kMiB), kMiB);
    const std::uint64_t bat = std::max(round_up(table_entries(geometry_) * 8, kMiB), kMiB);
    options_.log_size = log;
    regions_.metadata = {vhdx::kHeaderSection + log, kMiB};
    regions_.bat = {regions_.metadata.end(), bat};
    first_block_ = regions_.bat.end();
    end_ = first_block_ + (fixed() ? geometry_.blocks() * block : 0);
}

std::uint64_t VhdxSink::absent_entry(std::uint64_t block) const {
    if (fixed()) return present(first_block_ + block * geometry_.block_size);
    const auto state =
        options_.block_state_zero ? vhdx::BlockState::Zero : vhdx::BlockState::NotPresent;
    return static_cast<std::uint64_t>(state);
}

std::uint64_t VhdxSink::place(std::uint64_t block) {
    if (fixed()) return first_block_ + block * geometry_.block_size;
    if (current_ != block) {
        current_ = block;
        bat_->set(block, present(end_));
        end_ += geometry_.block_size;
    }
    return end_ - geometry_.block_size;
}

void VhdxSink::write_headers() {
    identity_->finish();
    metadata_.disk_id = vhdx::Guid{identity_->derive("disk")};
    file_->write_at(regions_.metadata.offset, metadata_.encode());
    const std::vector<std::byte> regions = regions_.encode();
    for (const std::uint64_t offset : vhdx::kRegionTableOffsets) file_->write_at(offset, regions);
    vhdx::Header header;
    header.file_write = vhdx::Guid{identity_->derive("file")};
    header.data_write = vhdx::Guid{identity_->derive("data")};
    header.log_length = static_cast<std::uint32_t>(options_.log_size);
    header.log_offset = vhdx::kHeaderSection;
    for (const std::uint64_t offset : vhdx::kHeaderOffsets) {
        ++header.sequence;
        file_->write_at(offset, header.encode());
    }
    file_->write_at(0, vhdx::encode_file_identifier(u"kiln"));
}

// QEMU counts the chunks of an empty disk in 32 bits from -1 on, and refuses a table that is too
// short for them. It is a hole in the file.
std::uint64_t table_entries(const vhdx::Geometry& geometry) {
    constexpr std::uint64_t kMinusOne = std::numeric_limits<std::uint32_t>::max();
    if (geometry.blocks() == 0) return kMinusOne / geometry.chunk_ratio();
    return geometry.bat_entries(false);
}

std::uint64_t chosen_block_size(std::uint64_t virtual_size) {
    return std::max(vhdx::kMinBlock, std::bit_ceil(divide_up(virtual_size, kTableGoal)));
}

}  // namespace
}  // namespace kiln::formats
