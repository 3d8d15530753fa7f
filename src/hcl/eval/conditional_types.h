#pragma once

#include <optional>
#include <string>

#include "hcl/value/value.h"

namespace kiln::hcl {

/// The one type of both results of a conditional (spec/hcl2.md, section 13), or nothing.
std::optional<Type> conditional_type(const Value& if_true, const Value& if_false);

/// Where two types first differ, as sentences.
std::string describe_type_difference(const Type& if_true, const Type& if_false);

}  // namespace kiln::hcl
