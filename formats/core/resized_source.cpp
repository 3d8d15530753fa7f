#include "formats/core/resized_source.h"

#include <algorithm>
#include <cstring>

namespace kiln::formats {

namespace {

class ResizedSource : public Source {
  public:
    ResizedSource(const Source& source, std::uint64_t size) : source_(source), size_(size) {}

    std::uint64_t virtual_size() const override { return size_; }

    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override {
        const std::uint64_t inner = source_.virtual_size();
        if (offset >= inner) return {offset, size_ - offset, Extent::Kind::Hole};
        Extent extent = source_.next_extent(offset, std::min(limit, inner - offset));
        extent.length = std::min(extent.length, size_ - offset);
        return extent;
    }

    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        const std::uint64_t inner = source_.virtual_size();
        const std::size_t there =
            offset < inner ? std::min<std::uint64_t>(out.size(), inner - offset) : 0;
        if (there != 0) source_.read(offset, out.first(there));
        const auto rest = out.subspan(there);
        if (!rest.empty()) std::memset(rest.data(), 0, rest.size());
    }

    SourceInfo info() const override {
        SourceInfo info = source_.info();
        info.virtual_size = size_;
        return info;
    }

    bool sequential() const override { return source_.sequential(); }

  private:
    const Source& source_;
    std::uint64_t size_;
};

}  // namespace

std::unique_ptr<Source> make_resized_source(const Source& source, std::uint64_t virtual_size) {
    return std::make_unique<ResizedSource>(source, virtual_size);
}

}  // namespace kiln::formats
