#pragma once

#include <string_view>

#include "lsp/shape.h"

namespace kiln::lsp {

/// The blocks of a template itself, apart from the options of components (spec/template.md), by
/// their path: `variable/validation`; "" is the file. Null when there is none.
const Shape* template_block(std::string_view path);

}  // namespace kiln::lsp
