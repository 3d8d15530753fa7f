#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "template/interpolate/value.h"

namespace kiln::interpolation {

/// Go's Sprintf for the values that `{{ }}` texts can have, with its notes about wrong arguments
/// in the output (`%!d(string=x)`). Widths and precisions are bounded as
/// there; throws Error when the result gets too long.
std::string go_printf(std::string_view format, const std::vector<Value>& arguments);

/// Go's `%v`: `<nil>` for nothing, `[a b]`, `map[k:v]`, floats in shortest form.
std::string go_text(const Value& value);

}  // namespace kiln::interpolation
