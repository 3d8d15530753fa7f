#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "formats/source.h"

namespace kiln::formats {

/// Fills `out` with the disk's bytes from `offset` on and reads only what the map calls data; zeros
/// elsewhere and beyond the end of the disk. Errors and threads as `Source::read`; a sequential
/// source is read forwards.
void read_range(const Source& source, std::uint64_t offset, std::span<std::byte> out);

}  // namespace kiln::formats
