#pragma once

#include <cstdint>
#include <span>

#include "formats/extent.h"
#include "formats/source.h"

namespace kiln::formats {

/// What a parent (or backing file), which may be shorter than its child, has at [offset, offset +
/// length): a hole beyond its end.
Extent parent_extent(const Source& parent, std::uint64_t offset, std::uint64_t length);

/// Fills `out` with a parent's bytes; zeros beyond its end, or where there is none.
void read_parent(const Source* parent, std::uint64_t offset, std::span<std::byte> out);

}  // namespace kiln::formats
