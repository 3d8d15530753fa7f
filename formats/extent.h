#pragma once

#include <cstdint>

namespace kiln::formats {

/// A run of guest bytes that one answer fits. Images are read as extents so that a converter never
/// touches what holds nothing.
struct Extent {
    enum class Kind {
        Data,  ///< bytes are stored; they may still all be zero
        Zero,  ///< recorded as zeros, without stored bytes
        Hole,  ///< nothing recorded; reads as zeros
    };
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    Kind kind = Kind::Hole;

    std::uint64_t end() const { return offset + length; }
    friend bool operator==(const Extent&, const Extent&) = default;
};

}  // namespace kiln::formats
