#include "formats/raw/raw_source.h"

namespace kiln::formats {

namespace {

class RawSource : public Source {
  public:
    explicit RawSource(InputFile file) : file_(std::move(file)) {}

    std::uint64_t virtual_size() const override { return file_.size(); }

    Extent next_extent(std::uint64_t offset, std::uint64_t) const override {
        const FileStretch stretch = file_.stretch(offset, file_.size() - offset);
        return {offset, stretch.end - offset,
                stretch.data ? Extent::Kind::Data : Extent::Kind::Hole};
    }

    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        file_.read(offset, out);
    }

    SourceInfo info() const override {
        SourceInfo info;
        info.format = "raw";
        info.virtual_size = file_.size();
        info.writer_options = {{"preallocation", "off"}};
        return info;
    }

  private:
    InputFile file_;
};

}  // namespace

std::unique_ptr<Source> make_raw_source(InputFile file) {
    return std::make_unique<RawSource>(std::move(file));
}

}  // namespace kiln::formats
