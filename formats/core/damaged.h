#pragma once

#include <string_view>

namespace kiln::formats {

/// Throws kiln::Error of an image whose tables cannot be right. `where` follows "is damaged": "at
/// guest offset 4096".
[[noreturn]] void throw_damaged(std::string_view image, std::string_view where,
                                std::string_view reason);

}  // namespace kiln::formats
