#pragma once

#include <cstdint>
#include <string>

namespace kiln {

/// A size for people, in binary units with one digit: `1.5 GiB`, `512 B`.
std::string format_size(std::uint64_t bytes);

}  // namespace kiln
