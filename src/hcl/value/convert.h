#pragma once

#include <optional>
#include <string>

#include "hcl/value/value.h"

namespace kiln::hcl {

/// The result of a conversion: a value, or the reason why there is none, made to be put into a
/// sentence ("a number is required", `element 0: string required`).
struct Conversion {
    std::optional<Value> value;
    std::string reason;

    explicit operator bool() const { return value.has_value(); }
};

/// Converts to a type or constraint (spec/hcl2.md, section 11), with safe and unsafe conversions.
/// Nulls become nulls of the type, unknowns unknowns of it; marks stay.
Conversion convert(const Value& value, const Type& wanted);

/// Whether a value of type `from` may convert to `wanted`. With `unsafe` false only conversions
/// that cannot fail on the value count.
bool can_convert(const Type& from, const Type& wanted, bool unsafe);

/// Why `given` is not fit for `wanted`, without a value at hand.
std::string mismatch_reason(const Type& given, const Type& wanted);

}  // namespace kiln::hcl
