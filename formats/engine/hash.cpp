#include "formats/engine/hash.h"

#include <algorithm>

#include "formats/engine/stream_hasher.h"

namespace kiln::formats {

namespace {

class WholeBatchEncoder : public Encoder {
  public:
    void encode(const Batch& batch, EncodedBatch& out) override {
        out.pieces.push_back({batch.offset, batch.bytes, false});
    }
};

// Writes nothing; what no batch covers are zeros.
class HashSink : public Sink {
  public:
    explicit HashSink(std::span<const DigestType> further) : hasher_(further) {}

    std::size_t block_size() const override { return ZeroMap::kPage; }
    std::unique_ptr<Encoder> make_encoder() const override {
        return std::make_unique<WholeBatchEncoder>();
    }
    std::optional<Space> space_needed(std::uint64_t, std::uint64_t) const override { return {}; }
    void begin(std::uint64_t virtual_size) override { size_ = virtual_size; }

    void append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) override {
        for (const Piece& piece : batch.pieces) {
            hasher_.update_zeros(piece.guest_offset - position_);
            const std::uint64_t left = size_ - piece.guest_offset;
            const auto bytes = piece.bytes.first(std::min<std::uint64_t>(piece.bytes.size(), left));
            hasher_.update(bytes, keep_alive);
            position_ = piece.guest_offset + bytes.size();
        }
    }

    OutputResult finish(const CancelToken& cancel) override {
        hasher_.update_zeros(size_ - position_);
        OutputResult result;
        result.sha256 = hasher_.finish(cancel);
        result.digests = hasher_.further();
        return result;
    }
    void sync() override {}
    void commit(Sync) override {}

  private:
    StreamHasher hasher_;
    std::uint64_t size_ = 0;
    std::uint64_t position_ = 0;
};

}  // namespace

HashResult hash_source(const Source& source, std::span<const DigestType> further,
                       const ConvertOptions& options) {
    HashSink sink(further);
    Sink* const sinks[] = {&sink};
    ConvertResult converted = convert_uncommitted(source, sinks, options);
    OutputResult& output = converted.outputs.front();
    return {converted.virtual_size, converted.data_bytes, std::move(output.sha256),
            std::move(output.digests)};
}

}  // namespace kiln::formats
