#pragma once

#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "hcl/syntax/tree.h"

namespace kiln::hcl {

/// Reads a whole file of JSON syntax (`*.pkr.json`, `*.pkrvars.json`; spec/hcl2.md, section 24), as
/// parse_file() reads one of native syntax. The body gets its meaning from the schema it is read
/// with: use read_body() and its sisters (eval/body.h), never the body's members. For a variables
/// file use read_attributes(), and evaluate with an empty scope: strings are literal then.
Body parse_json_file(std::string_view text, const std::string& filename, SourceMap* sources,
                     Diagnostics& diagnostics);

}  // namespace kiln::hcl
