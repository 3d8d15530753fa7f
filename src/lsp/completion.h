#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hcl/function/function.h"
#include "lsp/declarations.h"
#include "lsp/shape.h"

namespace kiln::lsp {

/// What questions about a text are answered from. Borrows all of it.
struct Knowledge {
    const Registry& registry;
    const hcl::FunctionTable& functions;
    const Declarations& declarations;
};

/// One proposal: the word at the cursor, from `start` to `end` (byte offsets), becomes `text`.
struct Completion {
    enum class Kind { Attribute, Block, Component, Function, Name, Value };

    std::string label;
    Kind kind = Kind::Name;
    std::string detail;
    std::string doc;
    std::string text;
    /// `text` marks the places to fill in, `${1:type}`, and that of the cursor, `$0`.
    bool snippet = false;
    bool deprecated = false;
    std::size_t start = 0;
    std::size_t end = 0;
};

/// What can stand at the byte offset. `snippets`: whether the editor knows `$0`. Proposals begin
/// with the part of the word before the cursor.
std::vector<Completion> complete(std::string_view text, std::size_t at, const Knowledge& knowledge,
                                 bool snippets);

/// The same in a file of variables.
std::vector<Completion> complete_variable_file(std::string_view text, std::size_t at,
                                               const Knowledge& knowledge);

}  // namespace kiln::lsp
