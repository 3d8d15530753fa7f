#pragma once

#include <memory>

#include "formats/source.h"

namespace kiln::formats {

/// The same disk with another size: cut off at its end, or with zeros behind it. Refers to
/// `source`, which must outlive it.
std::unique_ptr<Source> make_resized_source(const Source& source, std::uint64_t virtual_size);

}  // namespace kiln::formats
