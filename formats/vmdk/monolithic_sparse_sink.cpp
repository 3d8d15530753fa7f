#include "formats/vmdk/monolithic_sparse_sink.h"

#include <cstring>
#include <limits>
#include <optional>

#include "base/error.h"
#include "base/size.h"
#include "formats/bytes/bytes.h"
#include "formats/file/output_file.h"
#include "formats/vmdk/vmdk_descriptor.h"
#include "formats/vmdk/vmdk_header.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kGrain = 65536;
constexpr std::uint64_t kGrainSectors = kGrain / kVmdkSector;
constexpr std::uint64_t kDescriptorSectors = 20;  // as VMware and QEMU reserve
constexpr std::uint64_t kMaxSector = std::numeric_limits<std::uint32_t>::max();

// Runs of grains that are not zero: one piece for neighbours.
class SparseEncoder : public Encoder {
  public:
    void encode(const Batch& batch, EncodedBatch& out) override;
};

class MonolithicSparseSink : public Sink {
  public:
    MonolithicSparseSink(std::filesystem::path path, bool zeroed_grain,
                         const VmdkSinkOptions& options);

    std::size_t block_size() const override { return kGrain; }
    std::unique_ptr<Encoder> make_encoder() const override {
        return std::make_unique<SparseEncoder>();
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
    void lay_out(std::uint64_t virtual_size);
    void write_directory(std::uint64_t sector);
    void place_grain(std::uint64_t grain, std::uint64_t sector);
    void close_table();
    std::uint64_t directory_sectors() const;

    std::filesystem::path path_;
    bool zeroed_grain_;
    VmdkSinkOptions options_;
    VmdkHeader header_;
    std::optional<OutputFile> file_;
    std::uint64_t end_ = 0;  // of the file, in sectors
    std::vector<std::byte> table_;
    std::optional<std::uint64_t> table_index_;
};

}  // namespace

std::unique_ptr<Sink> make_monolithic_sparse_sink(const std::filesystem::path& path,
                                                  bool zeroed_grain,
                                                  const VmdkSinkOptions& options) {
    return std::make_unique<MonolithicSparseSink>(path, zeroed_grain, options);
}

namespace {

void SparseEncoder::encode(const Batch& batch, EncodedBatch& out) {
    const std::size_t size = batch.bytes.size();
    for (std::size_t start = 0; start < size;) {
        if (batch.is_zero(start, kGrain)) {
            start += kGrain;
            continue;
        }
        std::size_t end = start + kGrain;
        while (end < size && !batch.is_zero(end, kGrain)) end += kGrain;
        out.pieces.push_back(
            {batch.offset + start, batch.bytes.subspan(start, end - start), false});
        start = end;
    }
}

MonolithicSparseSink::MonolithicSparseSink(std::filesystem::path path, bool zeroed_grain,
                                           const VmdkSinkOptions& options)
    : path_(std::move(path)), zeroed_grain_(zeroed_grain), options_(options) {
    if (path_ == "-") {
        throw Error("a monolithicSparse VMDK cannot be written to a pipe")
            .because("its tables are written last and stand first")
            .with_hint("Name a file, or write with subformat=streamOptimized.");
    }
}

void MonolithicSparseSink::begin(std::uint64_t virtual_size) {
    lay_out(virtual_size);
    file_.emplace(path_);
    table_.resize(header_.table_sectors() * kVmdkSector);
    const std::string text =
        embedded_descriptor("monolithicSparse", header_.capacity, path_.filename().string(),
                            options_.adapter_type, options_.hardware_version);
    file_->write_at(header_.descriptor_offset * kVmdkSector, as_byte_span(text));
    write_directory(header_.redundant_directory_offset);
    write_directory(header_.directory_offset);
}

void MonolithicSparseSink::append(const EncodedBatch& batch, std::shared_ptr<const void>) {
    for (const Piece& piece : batch.pieces) {
        file_->write_at(end_ * kVmdkSector, piece.bytes);
        const std::uint64_t first = piece.guest_offset / kGrain;
        for (std::uint64_t i = 0; i < piece.bytes.size() / kGrain; ++i) {
            place_grain(first + i, end_);
            end_ += kGrainSectors;
        }
    }
}

OutputResult MonolithicSparseSink::finish(const CancelToken& cancel) {
    close_table();
    file_->set_size(end_ * kVmdkSector);
    file_->write_at(0, header_.encode());
    OutputResult result{path_.string(), "vmdk", end_ * kVmdkSector, {}, {}};
    if (options_.sha256 || !options_.digests.empty()) {
        file_->digest(result, options_.digests, cancel);
    }
    return result;
}

void MonolithicSparseSink::lay_out(std::uint64_t virtual_size) {
    header_.version = zeroed_grain_ ? 2 : 1;
    header_.flags = VmdkHeader::kHasNewlineTest | VmdkHeader::kHasRedundantTable |
                    (zeroed_grain_ ? VmdkHeader::kHasZeroGrains : 0);
    header_.compression = 0;
    header_.capacity = divide_up(virtual_size, kVmdkSector);
    header_.descriptor_offset = 1;
    header_.descriptor_size = kDescriptorSectors;
    const std::uint64_t tables = header_.tables() * header_.table_sectors();
    header_.redundant_directory_offset = header_.descriptor_offset + kDescriptorSectors;
    header_.directory_offset = header_.redundant_directory_offset + directory_sectors() + tables;
    header_.overhead =
        round_up(header_.directory_offset + directory_sectors() + tables, kGrainSectors);
    end_ = header_.overhead;
    if (header_.overhead > kMaxSector) {
        throw Error(fmt::format("a disk of {} is too large for a monolithicSparse VMDK",
                                format_size(virtual_size)))
            .because("its tables alone would take more than 2 TiB")
            .with_hint("Choose subformat=monolithicFlat or another format.");
    }
}

// Every table has its place, in the order of the disk, behind the directory that names it.
void MonolithicSparseSink::write_directory(std::uint64_t sector) {
    constexpr std::uint64_t kChunk = 16384;
    const std::uint64_t tables = header_.tables();
    std::uint64_t next = sector + directory_sectors();
    std::vector<std::byte> entries;
    for (std::uint64_t first = 0; first < tables; first += kChunk) {
        entries.resize(std::min(kChunk, tables - first) * 4);
        for (std::size_t at = 0; at < entries.size(); at += 4) {
            store_le(entries, at, static_cast<std::uint32_t>(next));
            next += header_.table_sectors();
        }
        file_->write_at(sector * kVmdkSector + first * 4, entries);
    }
}

void MonolithicSparseSink::place_grain(std::uint64_t grain, std::uint64_t sector) {
    if (sector > kMaxSector) {
        throw Error(fmt::format("{} would become larger than 2 TiB", file_->name()))
            .because("the tables of a VMDK count sectors with 32 bits")
            .with_hint("Choose subformat=monolithicFlat or another format.");
    }
    const std::uint64_t index = grain / header_.entries_per_table;
    if (table_index_ != index) {
        close_table();
        table_index_ = index;
        std::memset(table_.data(), 0, table_.size());
    }
    store_le(table_, grain % header_.entries_per_table * 4, static_cast<std::uint32_t>(sector));
}

void MonolithicSparseSink::close_table() {
    if (!table_index_) return;
    for (const std::uint64_t directory :
         {header_.redundant_directory_offset, header_.directory_offset}) {
        const std::uint64_t sector =
            directory + directory_sectors() + *table_index_ * header_.table_sectors();
        file_->write_at(sector * kVmdkSector, table_);
    }
    table_index_.reset();
}

std::uint64_t MonolithicSparseSink::directory_sectors() const {
    return divide_up(header_.tables() * 4, kVmdkSector);
}

}  // namespace
}  // namespace kiln::formats
