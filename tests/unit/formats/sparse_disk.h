#pragma once

#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "formats/bytes/bytes.h"
#include "formats/source.h"

namespace kiln::formats {

/// A disk for tests as large as one likes, of which only the pages that were written take memory.
class SparseDisk : public Source {
  public:
    explicit SparseDisk(std::uint64_t size) : size_(size) {}

    std::uint64_t virtual_size() const override { return size_; }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override {
        return {offset, std::min(limit, size_ - offset), Extent::Kind::Data};
    }
    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        if (!fits(offset, out.size(), size_)) throw std::logic_error("read beyond the disk");
        for (std::size_t i = 0; i < out.size();) {
            const std::uint64_t at = offset + i;
            const std::size_t run = std::min<std::size_t>(out.size() - i, kPage - at % kPage);
            const auto page = pages_.find(at / kPage);
            if (page == pages_.end()) {
                std::memset(out.data() + i, 0, run);
            } else {
                std::memcpy(out.data() + i, page->second.data() + at % kPage, run);
            }
            i += run;
        }
    }
    SourceInfo info() const override { return {}; }

    void write(std::uint64_t offset, std::span<const std::byte> bytes) {
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            auto& page = pages_[(offset + i) / kPage];
            page.resize(kPage);
            page[(offset + i) % kPage] = bytes[i];
        }
    }
    void write(std::uint64_t offset, std::string_view text) { write(offset, as_byte_span(text)); }
    template <std::unsigned_integral T>
    void put(std::uint64_t offset, T value) {
        std::array<std::byte, sizeof(T)> bytes;
        store_le(bytes, 0, value);
        write(offset, bytes);
    }
    template <std::unsigned_integral T>
    T get(std::uint64_t offset) const {
        std::array<std::byte, sizeof(T)> bytes;
        read(offset, bytes);
        return load_le<T>(bytes, 0);
    }

  private:
    static constexpr std::size_t kPage = 4096;
    std::uint64_t size_;
    std::map<std::uint64_t, std::vector<std::byte>> pages_;
};

}  // namespace kiln::formats
