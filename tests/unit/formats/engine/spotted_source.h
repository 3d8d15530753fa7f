#pragma once

#include <utility>
#include <vector>

#include "formats/source.h"

namespace kiln::formats {

/// A huge disk with a few sectors of data, in rising order.
class SpottedSource : public Source {
  public:
    SpottedSource(std::uint64_t size, std::vector<std::uint64_t> spots)
        : size_(size), spots_(std::move(spots)) {}

    std::uint64_t virtual_size() const override { return size_; }
    Extent next_extent(std::uint64_t offset, std::uint64_t) const override {
        for (const std::uint64_t spot : spots_) {
            if (offset < spot) return {offset, spot - offset, Extent::Kind::Hole};
            if (offset < spot + 512) return {offset, spot + 512 - offset, Extent::Kind::Data};
        }
        return {offset, size_ - offset, Extent::Kind::Hole};
    }
    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        for (std::byte& byte : out) byte = static_cast<std::byte>(offset++ / 512 % 255 + 1);
    }
    SourceInfo info() const override { return {}; }

  private:
    std::uint64_t size_;
    std::vector<std::uint64_t> spots_;
};

}  // namespace kiln::formats
