#include "formats/vhd/vhd_sink.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/size.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/disk_identity.h"
#include "formats/core/page_run_encoder.h"
#include "formats/file/entry_writer.h"
#include "formats/file/output_file.h"
#include "formats/raw/raw_sink.h"
#include "formats/vhd/vhd_header.h"

namespace kiln::formats {

namespace {

constexpr std::uint32_t kBlock = 2U << 20;
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kBitmap = kBlock / vhd::kSector / 8;
constexpr std::uint64_t kStride = kBlock + kPage;  // the bitmap ends where a page does

// What both kinds make of the disk.
class VhdSink : public Sink {
  public:
    VhdSink(std::filesystem::path path, const VhdSinkOptions& options);

    // Not the format's block, which is larger than a batch: a piece needs no whole one.
    std::size_t block_size() const override { return ZeroMap::kPage; }
    std::unique_ptr<Encoder> make_encoder() const override {
        return std::make_unique<PageRunEncoder>();
    }

  protected:
    vhd::Footer start(std::uint64_t virtual_size, vhd::DiskType type);
    vhd::UniqueId finish_identity();

    std::filesystem::path path_;
    VhdSinkOptions options_;
    std::optional<DiskIdentity> identity_;
};

class FixedVhdSink : public VhdSink {
  public:
    FixedVhdSink(std::filesystem::path path, const VhdSinkOptions& options);

    std::optional<Space> space_needed(std::uint64_t size, std::uint64_t data) const override {
        return raw_->space_needed(size, data);
    }
    void begin(std::uint64_t virtual_size) override;
    void append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) override;
    OutputResult finish(const CancelToken& cancel) override;
    void sync() override { raw_->sync(); }
    void commit(Sync sync) override { raw_->commit(sync); }

  private:
    std::unique_ptr<Sink> raw_;  // of the disk and the footer
    vhd::Footer footer_;
    std::uint64_t footer_offset_ = 0;
};

class DynamicVhdSink : public VhdSink {
  public:
    DynamicVhdSink(std::filesystem::path path, const VhdSinkOptions& options);

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

    vhd::Footer footer_;
    vhd::DynamicHeader header_;
    std::optional<OutputFile> file_;
    std::optional<EntryWriter> table_;
    std::uint64_t end_ = 0;                 // of the blocks that have a place, on a page boundary
    std::optional<std::uint64_t> current_;  // the block placed last, which ends at `end_`
};

std::uint64_t size_with_geometry(std::uint64_t size);

}  // namespace

std::unique_ptr<Sink> make_vhd_sink(const std::filesystem::path& path,
                                    const VhdSinkOptions& options) {
    if (options.subformat == VhdSinkOptions::Subformat::Fixed) {
        return std::make_unique<FixedVhdSink>(path, options);
    }
    return std::make_unique<DynamicVhdSink>(path, options);
}

namespace {

VhdSink::VhdSink(std::filesystem::path path, const VhdSinkOptions& options)
    : path_(std::move(path)), options_(options) {
    if (options_.align == 0 || options_.align % vhd::kSector != 0 ||
        options_.align > vhd::kMaxDisk) {
        throw Error(fmt::format("align {} is not possible in a VHD", options_.align))
            .with_hint("It is a multiple of 512; Azure wants align=1M.");
    }
    if (!options_.force_size && options_.align != vhd::kSector) {
        throw Error("align and force_size=off contradict each other")
            .because("a size that the geometry can express is seldom a multiple of another number");
    }
}

vhd::Footer VhdSink::start(std::uint64_t virtual_size, vhd::DiskType type) {
    std::uint64_t size = virtual_size;
    if (size <= vhd::kMaxDisk) {
        size = round_up(size, options_.align);
        if (!options_.force_size) size = size_with_geometry(size);
    }
    if (size > vhd::kMaxDisk) {
        throw Error(fmt::format("a disk of {} is too large for a VHD", format_size(virtual_size)))
            .because("the format ends at 2040 GiB")
            .with_hint("Write vhdx.");
    }
    identity_.emplace(size);
    vhd::Footer footer;
    footer.type = type;
    footer.current_size = size;
    footer.geometry = vhd::Chs::of_sectors(size / vhd::kSector);
    return footer;
}

vhd::UniqueId VhdSink::finish_identity() {
    identity_->finish();
    return identity_->derive("vhd");
}

FixedVhdSink::FixedVhdSink(std::filesystem::path path, const VhdSinkOptions& options)
    : VhdSink(std::move(path), options) {
    RawSinkOptions raw;
    raw.sha256 = options_.sha256;
    raw.digests = options_.digests;
    raw_ = make_raw_sink(path_, raw);
}

void FixedVhdSink::begin(std::uint64_t virtual_size) {
    footer_ = start(virtual_size, vhd::DiskType::Fixed);
    // QEMU takes a footer at the very beginning for that of a dynamic disk: an empty disk has a
    // sector before it that is not the disk's.
    footer_offset_ = std::max(footer_.current_size, vhd::kSector);
    raw_->begin(footer_offset_ + vhd::kFooterSize);
}

void FixedVhdSink::append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) {
    for (const Piece& piece : batch.pieces) identity_->add(piece.guest_offset, piece.bytes);
    if (batch.pieces.empty()) return;
    const Piece& last = batch.pieces.back();
    const std::uint64_t left = footer_.current_size - last.guest_offset;
    if (last.bytes.size() <= left) return raw_->append(batch, std::move(keep_alive));
    // The zeros behind the end of the disk give way to the footer.
    EncodedBatch cut;
    cut.pieces = batch.pieces;
    cut.pieces.back().bytes = last.bytes.first(left);
    raw_->append(cut, std::move(keep_alive));
}

OutputResult FixedVhdSink::finish(const CancelToken& cancel) {
    footer_.id = finish_identity();
    const auto bytes = std::make_shared<std::array<std::byte, vhd::kFooterSize>>(footer_.encode());
    EncodedBatch end;
    end.pieces.push_back({footer_offset_, *bytes, false});
    raw_->append(end, bytes);
    OutputResult result = raw_->finish(cancel);
    result.format = "vhd";
    return result;
}

DynamicVhdSink::DynamicVhdSink(std::filesystem::path path, const VhdSinkOptions& options)
    : VhdSink(std::move(path), options) {
    if (path_ == "-") {
        throw Error("a dynamic VHD cannot be written to a pipe")
            .because("its table is written last and stands first")
            .with_hint("Name a file, or use subformat=fixed.");
    }
}

void DynamicVhdSink::begin(std::uint64_t virtual_size) {
    footer_ = start(virtual_size, vhd::DiskType::Dynamic);
    footer_.data_offset = vhd::kFooterSize;
    header_.table_offset = vhd::kFooterSize + vhd::kHeaderSize;
    header_.block_size = kBlock;
    header_.entries = static_cast<std::uint32_t>(divide_up(footer_.current_size, kBlock));
    end_ = round_up(header_.table_offset + std::uint64_t{header_.entries} * 4, kPage);
    file_.emplace(path_);
    table_.emplace(*file_, header_.table_offset, round_up(header_.entries, vhd::kSector / 4),
                   EntryWriter::Order::Big);
}

void DynamicVhdSink::append(const EncodedBatch& batch, std::shared_ptr<const void>) {
    for (const Piece& piece : batch.pieces) {
        identity_->add(piece.guest_offset, piece.bytes);
        std::uint64_t offset = piece.guest_offset;
        for (auto bytes = piece.bytes; !bytes.empty();) {
            const std::uint64_t in_block = offset % kBlock;
            const auto part = std::min<std::uint64_t>(bytes.size(), kBlock - in_block);
            file_->write_at(place(offset / kBlock) + in_block, bytes.first(part));
            bytes = bytes.subspan(part);
            offset += part;
        }
    }
}

OutputResult DynamicVhdSink::finish(const CancelToken& cancel) {
    table_->finish();
    footer_.id = finish_identity();
    const auto footer = footer_.encode();
    file_->write_at(0, footer);
    file_->write_at(footer_.data_offset, header_.encode());
    file_->write_at(end_, footer);
    OutputResult result{path_.string(), "vhd", end_ + footer.size(), {}, {}};
    if (options_.sha256 || !options_.digests.empty()) {
        file_->digest(result, options_.digests, cancel);
    }
    return result;
}

// Where the block's data begin.
std::uint64_t DynamicVhdSink::place(std::uint64_t block) {
    if (current_ != block) {
        static const std::vector<std::byte> all_present(kBitmap, std::byte{0xff});
        const std::uint64_t bitmap = end_ + kPage - kBitmap;
        file_->write_at(bitmap, all_present);
        table_->set(block, static_cast<std::uint32_t>(bitmap / vhd::kSector));
        current_ = block;
        end_ += kStride;
    }
    return end_ - kBlock;
}

// The smallest size from this one on whose geometry tells all of it. Beyond what a geometry can
// tell the size stays.
std::uint64_t size_with_geometry(std::uint64_t size) {
    const std::uint64_t wanted = size / vhd::kSector;
    constexpr std::uint64_t kMaxCylinder = 16 * 255;
    for (std::uint64_t sectors = wanted; sectors <= wanted + kMaxCylinder; ++sectors) {
        const std::uint64_t told = vhd::Chs::of_sectors(sectors).sectors();
        if (told >= wanted) return told * vhd::kSector;
    }
    return size;
}

}  // namespace
}  // namespace kiln::formats
