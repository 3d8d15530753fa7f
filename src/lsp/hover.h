#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "lsp/completion.h"

namespace kiln::lsp {

/// What is known of the word at a place. The title is code.
struct Hover {
    std::string title;
    std::string text;
    std::size_t start = 0;
    std::size_t end = 0;
};

/// What to say of the option, block, component, function or name at the byte offset.
std::optional<Hover> hover(std::string_view text, std::size_t at, const Knowledge& knowledge);

/// Where the variable, local, source or data source that the place refers to is declared.
std::optional<SourceRange> definition(std::string_view text, std::size_t at,
                                      const Declarations& declarations);

}  // namespace kiln::lsp
