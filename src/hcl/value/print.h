#pragma once

#include <string>
#include <string_view>

#include "hcl/value/value.h"

namespace kiln::hcl {

/// The value as the console shows it (spec/hcl2.md, section 28). Marks are not looked at.
std::string print_for_console(const Value& value);

/// The value as a `with` line of a diagnostic tells it: `"text"`, `5`, `tuple with 2 elements`.
/// For known values that are not null.
std::string describe_value(const Value& value);

/// The text in double quotes; quotes, backslashes and what cannot be printed are escaped.
std::string quote(std::string_view text);

}  // namespace kiln::hcl
