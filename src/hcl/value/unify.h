#pragma once

#include <optional>
#include <vector>

#include "hcl/value/type.h"

namespace kiln::hcl {

/// One type that all the given types convert to (spec/hcl2.md, section 12), or nothing.
/// With `unsafe`, conversions that may fail on the value are allowed too.
std::optional<Type> unify(const std::vector<Type>& types, bool unsafe);

}  // namespace kiln::hcl
