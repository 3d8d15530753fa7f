#pragma once

#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "hcl/syntax/tree.h"

namespace kiln::hcl {

/// Reads a whole file of native syntax. Errors go to `diagnostics`; the body then holds what could
/// be read before and around them. The text and the top-level blocks are registered in `sources`
/// when it is given, so that diagnostics can show them. Takes linear time; nesting is bounded.
Body parse_file(std::string_view text, const std::string& filename, SourceMap* sources,
                Diagnostics& diagnostics);

/// Reads one expression that stands on its own, like a console line. Newlines do not matter.
/// Never gives nullptr: after an error the expression is an unknown value.
ExpressionPtr parse_expression(std::string_view text, const std::string& filename,
                               Diagnostics& diagnostics, SourcePos start = {});

/// Reads a bare template, without quotes: the content of a template file.
ExpressionPtr parse_template(std::string_view text, const std::string& filename,
                             Diagnostics& diagnostics, SourcePos start = {});

/// Reads `a.b[0]["c"]` and nothing else.
std::optional<Traversal> parse_traversal(std::string_view text, const std::string& filename,
                                         Diagnostics& diagnostics, SourcePos start = {});

/// Whether the text is one identifier of the language.
bool is_identifier(std::string_view text);

}  // namespace kiln::hcl
