#include "formats/vmdk/stream_optimized_sink.h"

#include "formats/file/output_file.h"
#include "formats/vmdk/stream_optimized_writer.h"

namespace kiln::formats {

namespace {

class StreamOptimizedSink : public Sink {
  public:
    StreamOptimizedSink(std::filesystem::path path, const StreamOptimizedOptions& options)
        : path_(std::move(path)), options_(options) {}

    std::size_t block_size() const override { return StreamOptimizedWriter::kGrain; }

    std::unique_ptr<Encoder> make_encoder() const override {
        return StreamOptimizedWriter::make_encoder(options_.speed);
    }

    std::optional<Space> space_needed(std::uint64_t, std::uint64_t data_bytes) const override {
        return space_beside(path_, data_bytes / 4);  // disks compress to about 0.4
    }

    void begin(std::uint64_t virtual_size) override {
        file_.emplace(path_);
        writer_.emplace(*file_, virtual_size, path_.filename().string(), options_);
    }

    void append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) override {
        writer_->append(batch, keep_alive);
    }

    OutputResult finish(const CancelToken& cancel) override {
        const StreamOptimizedWriter::Result written = writer_->finish(cancel);
        return {path_.string(), "vmdk", written.size, written.sha256, {}, written.digests};
    }

    void sync() override { file_->sync(); }
    void commit(Sync sync) override { file_->commit(sync); }

  private:
    std::filesystem::path path_;
    StreamOptimizedOptions options_;
    std::optional<OutputFile> file_;
    std::optional<StreamOptimizedWriter> writer_;
};

}  // namespace

std::unique_ptr<Sink> make_stream_optimized_sink(const std::filesystem::path& path,
                                                 const StreamOptimizedOptions& options) {
    return std::make_unique<StreamOptimizedSink>(path, options);
}

}  // namespace kiln::formats
