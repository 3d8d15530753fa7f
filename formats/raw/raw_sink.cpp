#include "formats/raw/raw_sink.h"

#include <algorithm>
#include <array>

#include "formats/core/page_run_encoder.h"
#include "formats/engine/stream_hasher.h"
#include "formats/file/output_file.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kZeroStep = std::uint64_t{64} << 20;

class RawSink : public Sink {
  public:
    RawSink(std::filesystem::path path, const RawSinkOptions& options)
        : path_(std::move(path)), options_(options) {
        if (preallocates() && path_ == "-") throw Error("preallocation needs a file, not a pipe");
    }

    std::size_t block_size() const override { return ZeroMap::kPage; }

    std::unique_ptr<Encoder> make_encoder() const override {
        return std::make_unique<PageRunEncoder>();
    }

    std::optional<Space> space_needed(std::uint64_t virtual_size,
                                      std::uint64_t data_bytes) const override {
        return space_beside(path_, preallocates() ? virtual_size : data_bytes);
    }

    void begin(std::uint64_t virtual_size) override {
        size_ = virtual_size;
        file_.emplace(path_);
        if (options_.sha256 || !options_.digests.empty()) hasher_.emplace(options_.digests);
        if (!file_->seekable()) return;
        if (preallocates()) file_->allocate(size_);
        file_->set_size(size_);
    }

    void append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) override {
        for (const Piece& piece : batch.pieces) {
            skip_to(piece.guest_offset);
            const auto bytes = piece.bytes.first(
                std::min<std::uint64_t>(piece.bytes.size(), size_ - piece.guest_offset));
            write(bytes);
            if (hasher_) hasher_->update(bytes, keep_alive);
            position_ += bytes.size();
        }
    }

    OutputResult finish(const CancelToken& cancel) override {
        while (position_ < size_) {
            cancel.throw_if_cancelled();
            skip_to(position_ + std::min(size_ - position_, kZeroStep));
        }
        OutputResult result{path_.string(), "raw", size_, {}, {}};
        if (hasher_) {
            result.sha256 = hasher_->finish(cancel);
            result.digests = hasher_->further();
        }
        return result;
    }

    void sync() override { file_->sync(); }
    void commit(Sync sync) override { file_->commit(sync); }

  private:
    using Preallocation = RawSinkOptions::Preallocation;

    bool preallocates() const { return options_.preallocation != Preallocation::Off; }

    void skip_to(std::uint64_t offset) {
        if (hasher_) hasher_->update_zeros(offset - position_);
        if (!file_->seekable() || options_.preallocation == Preallocation::Full) {
            write_zeros(offset - position_);
        }
        position_ = offset;
    }

    // At `position_`, which the caller moves on.
    void write(std::span<const std::byte> bytes) {
        if (file_->seekable()) {
            file_->write_at(position_, bytes);
        } else {
            file_->append(bytes);
        }
    }

    void write_zeros(std::uint64_t count) {
        static constexpr std::array<std::byte, 65536> zeros{};
        while (count != 0) {
            const auto part = std::min<std::uint64_t>(count, zeros.size());
            write(std::span(zeros).first(part));
            position_ += part;
            count -= part;
        }
    }

    std::filesystem::path path_;
    RawSinkOptions options_;
    std::uint64_t size_ = 0;
    std::uint64_t position_ = 0;
    std::optional<OutputFile> file_;
    std::optional<StreamHasher> hasher_;
};

}  // namespace

std::unique_ptr<Sink> make_raw_sink(const std::filesystem::path& path,
                                    const RawSinkOptions& options) {
    return std::make_unique<RawSink>(path, options);
}

}  // namespace kiln::formats
