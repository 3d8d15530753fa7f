#include "formats/engine/read_all.h"

namespace kiln::formats {

namespace {

class NullEncoder : public Encoder {
  public:
    void encode(const Batch&, EncodedBatch&) override {}
};

class NullImageSink : public Sink {
  public:
    std::size_t block_size() const override { return ZeroMap::kPage; }
    std::unique_ptr<Encoder> make_encoder() const override {
        return std::make_unique<NullEncoder>();
    }
    std::optional<Space> space_needed(std::uint64_t, std::uint64_t) const override { return {}; }
    void begin(std::uint64_t) override {}
    void append(const EncodedBatch&, std::shared_ptr<const void>) override {}
    OutputResult finish(const CancelToken&) override { return {}; }
    void sync() override {}
    void commit(Sync) override {}
};

}  // namespace

void read_all(const Source& source, const ConvertOptions& work, CheckReport& report) try {
    NullImageSink sink;
    Sink* const sinks[] = {&sink};
    convert_uncommitted(source, sinks, work);
} catch (const Cancelled&) {
    throw;
} catch (const Error& error) {
    report.corruption(error.what());
}

}  // namespace kiln::formats
