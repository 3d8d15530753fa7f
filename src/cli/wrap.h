#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kiln {

/// The text in lines of at most `width` columns. It begins at `column`, where the lines that follow
/// are indented to; at least 32 columns are used, and an overlong word is not cut.
std::string wrap_text(std::string_view text, std::size_t column, std::size_t width);

}  // namespace kiln
