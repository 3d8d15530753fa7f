#include "formats/ova/ova_writer.h"

#include "formats/ova/ova_archive.h"

namespace kiln::formats {

namespace {

// A disk of an archive that someone else begins and finishes.
class DiskSink : public Sink {
  public:
    explicit DiskSink(OvaArchive& archive) : archive_(archive) {}

    std::size_t block_size() const override { return StreamOptimizedWriter::kGrain; }
    std::unique_ptr<Encoder> make_encoder() const override {
        return StreamOptimizedWriter::make_encoder(archive_.options().speed);
    }
    std::optional<Space> space_needed(std::uint64_t, std::uint64_t data_bytes) const override {
        return space_beside(archive_.path(), data_bytes / 4);  // disks compress to about 0.4
    }
    void begin(std::uint64_t) override { archive_.begin_disk(); }
    void append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) override {
        archive_.append(batch, keep_alive);
    }
    OutputResult finish(const CancelToken& cancel) override {
        const OutputMember disk = archive_.end_disk(cancel);
        return {disk.name, "vmdk", disk.size, disk.sha256, {}};
    }
    void sync() override { archive_.sync(); }
    void commit(Sync sync) override { archive_.commit(sync); }

  private:
    OvaArchive& archive_;
};

// An archive with one disk.
class OvaSink : public Sink {
  public:
    OvaSink(const std::filesystem::path& path, const OvfMachine& machine, const OvaOptions& options)
        : archive_(path, machine, options), disk_(archive_) {}

    std::size_t block_size() const override { return disk_.block_size(); }
    std::unique_ptr<Encoder> make_encoder() const override { return disk_.make_encoder(); }
    std::optional<Space> space_needed(std::uint64_t virtual_size,
                                      std::uint64_t data_bytes) const override {
        return disk_.space_needed(virtual_size, data_bytes);
    }
    void begin(std::uint64_t virtual_size) override {
        archive_.begin({virtual_size});
        disk_.begin(virtual_size);
    }
    void append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) override {
        archive_.append(batch, keep_alive);
    }
    OutputResult finish(const CancelToken& cancel) override {
        archive_.end_disk(cancel);
        return archive_.finish(cancel);
    }
    void sync() override { archive_.sync(); }
    void commit(Sync sync) override { archive_.commit(sync); }

  private:
    OvaArchive archive_;
    DiskSink disk_;
};

}  // namespace

std::unique_ptr<Sink> make_ova_sink(const std::filesystem::path& path, const OvfMachine& machine,
                                    const OvaOptions& options) {
    return std::make_unique<OvaSink>(path, machine, options);
}

OutputResult write_ova(const std::filesystem::path& path, const OvfMachine& machine,
                       std::span<const Source* const> disks, const OvaOptions& options,
                       const ConvertOptions& convert_options) {
    if (disks.empty()) throw Error("an OVA without a disk cannot be written");
    OvaArchive archive(path, machine, options);
    std::vector<std::uint64_t> sizes;
    for (const Source* disk : disks) sizes.push_back(disk->virtual_size());
    archive.begin(sizes);
    DiskSink sink(archive);
    Sink* const sinks[] = {&sink};
    for (const Source* disk : disks) convert_uncommitted(*disk, sinks, convert_options);
    OutputResult result = archive.finish(convert_options.cancel);
    convert_options.cancel.throw_if_cancelled();
    archive.commit(convert_options.sync);
    return result;
}

}  // namespace kiln::formats
