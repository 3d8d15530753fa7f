#pragma once

#include <string>
#include <vector>

#include "template/interpolate.h"
#include "template/interpolate/value.h"

namespace kiln::interpolation {

using Arguments = std::vector<Value>;

/// A function of `{{ }}` texts. `call` throws Error without a place; the caller adds it.
struct Function {
    std::size_t least_arguments = 0;
    std::size_t most_arguments = 0;
    Value (*call)(const Arguments& arguments, const InterpolateContext& context) = nullptr;
};

inline constexpr std::size_t kAnyNumber = 1000;

/// The function, or nullptr. `and` and `or` are here for their names and counts: the evaluator
/// stops at the operand that settles them.
const Function* find_function(const std::string& name);
std::vector<std::string> function_names();

/// How an action prints a value, `<no value>` for nothing.
std::string print_value(const Value& value);

/// Field or key of a map; nothing when it is not there. Throws Error when the value is no map.
Value field_of(const Value& value, const std::string& name);

}  // namespace kiln::interpolation
