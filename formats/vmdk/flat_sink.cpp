#include "formats/vmdk/flat_sink.h"

#include <optional>

#include "base/error.h"
#include "base/size.h"
#include "formats/bytes/bytes.h"
#include "formats/file/output_file.h"
#include "formats/raw/raw_sink.h"
#include "formats/vmdk/vmdk_descriptor.h"
#include "formats/vmdk/vmdk_header.h"

namespace kiln::formats {
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMaxSize = std::uint64_t{62} << 40;

class FlatVmdkSink : public Sink {
  public:
    FlatVmdkSink(fs::path path, FlatKind kind, const VmdkSinkOptions& options);

    std::size_t block_size() const override { return disk_->block_size(); }
    std::unique_ptr<Encoder> make_encoder() const override { return disk_->make_encoder(); }
    std::optional<Space> space_needed(std::uint64_t virtual_size,
                                      std::uint64_t data_bytes) const override {
        return disk_->space_needed(virtual_size, data_bytes);
    }
    void begin(std::uint64_t virtual_size) override;
    void append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) override {
        disk_->append(batch, std::move(keep_alive));
    }
    OutputResult finish(const CancelToken& cancel) override;
    void sync() override;
    void commit(Sync sync) override;

  private:
    std::string descriptor_text() const;

    fs::path path_;
    fs::path disk_path_;
    FlatKind kind_;
    VmdkSinkOptions options_;
    std::uint64_t sectors_ = 0;
    std::unique_ptr<Sink> disk_;
    std::optional<OutputFile> descriptor_;
};

fs::path disk_path(const fs::path& descriptor);

}  // namespace

std::unique_ptr<Sink> make_flat_vmdk_sink(const fs::path& path, FlatKind kind,
                                          const VmdkSinkOptions& options) {
    return std::make_unique<FlatVmdkSink>(path, kind, options);
}

namespace {

FlatVmdkSink::FlatVmdkSink(fs::path path, FlatKind kind, const VmdkSinkOptions& options)
    : path_(std::move(path)), disk_path_(disk_path(path_)), kind_(kind), options_(options) {
    if (path_ == "-") {
        throw Error("a VMDK of two files cannot be written to a pipe")
            .with_hint("Name a file, or write with subformat=streamOptimized.");
    }
    if (!fits_in_extent_line(disk_path_.filename().string())) {
        throw Error(fmt::format("a descriptor cannot name the file {}", disk_path_.string()))
            .because("it has quotes, backslashes or control characters, or is too long")
            .with_hint("Choose a plainer name.");
    }
    RawSinkOptions raw;
    raw.sha256 = options_.sha256;
    raw.digests = options_.digests;
    disk_ = make_raw_sink(disk_path_, raw);
}

void FlatVmdkSink::begin(std::uint64_t virtual_size) {
    if (virtual_size > kMaxSize) {
        throw Error(fmt::format("a disk of {} is too large for a VMDK", format_size(virtual_size)))
            .because("VMware's products take at most 62 TiB");
    }
    sectors_ = divide_up(virtual_size, kVmdkSector);
    descriptor_.emplace(path_);
    disk_->begin(sectors_ * kVmdkSector);
}

OutputResult FlatVmdkSink::finish(const CancelToken& cancel) {
    const OutputResult disk = disk_->finish(cancel);
    descriptor_->append(as_byte_span(descriptor_text()));
    OutputResult result{path_.string(), "vmdk", descriptor_->size(), {}, {}};
    if (options_.sha256 || !options_.digests.empty()) {
        descriptor_->digest(result, options_.digests, cancel);
    }
    result.members = {{path_.filename().string(), result.file_size, result.sha256, result.digests},
                      {disk_path_.filename().string(), disk.file_size, disk.sha256, disk.digests}};
    return result;
}

void FlatVmdkSink::sync() {
    disk_->sync();
    descriptor_->sync();
}

// A kill must hit between two system calls to leave the one file without the other.
void FlatVmdkSink::commit(Sync sync) {
    std::error_code error;
    if (fs::exists(disk_path_, error)) fs::remove(path_, error);
    if (error) {
        throw system_error(fmt::format("cannot replace {}", path_.string()), error.value());
    }
    disk_->commit(Sync::No);  // the directory is synced with the descriptor's name
    try {
        descriptor_->commit(sync);
    } catch (...) {
        fs::remove(disk_path_, error);
        throw;
    }
}

std::string FlatVmdkSink::descriptor_text() const {
    const std::string name = disk_path_.filename().string();
    const bool vmfs = kind_ == FlatKind::Vmfs;
    return NewVmdkDescriptor{vmfs ? "vmfs" : "monolithicFlat", sectors_,
                             vmfs ? fmt::format("RW {} VMFS \"{}\"", sectors_, name)
                                  : fmt::format("RW {} FLAT \"{}\" 0", sectors_, name),
                             options_.adapter_type, options_.hardware_version}
        .to_text();
}

fs::path disk_path(const fs::path& descriptor) {
    fs::path name = descriptor.stem();
    name += "-flat";
    name += descriptor.has_extension() ? descriptor.extension() : fs::path(".vmdk");
    return descriptor.parent_path() / name;
}

}  // namespace
}  // namespace kiln::formats
