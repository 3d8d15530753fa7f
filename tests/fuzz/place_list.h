#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "image_places.h"

namespace kiln::fuzz {

/// Collects places; all of one byte order.
class Places {
  public:
    struct Field {
        const char* name;
        std::uint64_t offset;
        unsigned width;
    };

    Places(const SparseImage& image, bool big_endian) : image_(image), big_(big_endian) {}

    void add(const std::string& name, std::uint64_t offset, unsigned width) {
        if (!formats::fits(offset, width, image_.size())) return;
        places_.push_back({name, offset, width, big_});
    }
    void table(const std::string& name, std::uint64_t offset, unsigned width, unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            const std::uint64_t at = offset + std::uint64_t{i} * width;
            if (at < offset) return;
            add(fmt::format("{}_{}", name, i), at, width);
        }
    }
    // Every word of a structure that nobody lists field by field.
    void words(const std::string& name, std::uint64_t offset, std::uint64_t length,
               unsigned width) {
        for (std::uint64_t at = 0; at + width <= length; at += width) {
            add(fmt::format("{}_{:x}", name, at), offset + at, width);
        }
    }
    std::uint64_t value(std::uint64_t offset, unsigned width) const {
        return image_.number(offset, width, big_);
    }
    void fields(const std::string& prefix, std::uint64_t base,
                std::initializer_list<Field> fields) {
        for (const Field& field : fields)
            add(prefix + field.name, base + field.offset, field.width);
    }
    std::vector<Place> take() { return std::move(places_); }

  private:
    const SparseImage& image_;
    bool big_;
    std::vector<Place> places_;
};

std::vector<Place> disk_places(const SparseImage& image);

}  // namespace kiln::fuzz
