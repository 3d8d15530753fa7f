#pragma once

#include <string>

namespace kiln::docs {

/// A JSON Schema (2020-12) of HCL2 templates in JSON syntax (`*.pkr.json`), for editors and
/// checkers: every component with its options, from the components' own schemas. A string may hold
/// an expression, so that every value may also be a string.
std::string json_schema();

}  // namespace kiln::docs
