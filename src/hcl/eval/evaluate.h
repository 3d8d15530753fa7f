#pragma once

#include "base/diagnostic.h"
#include "hcl/eval/scope.h"
#include "hcl/syntax/tree.h"
#include "hcl/value/value.h"

namespace kiln::hcl {

/// The value of an expression (spec/hcl2.md, sections 9 and 13 to 21). What is wrong goes to
/// `diagnostics`, with the values of the references in the failing expression; the result is then
/// an unknown value of the best known type.
Value evaluate(const Expression& expression, const EvalScope& scope, Diagnostics& diagnostics);

/// Evaluates and converts to the wanted type. A failed conversion is reported as "Incorrect
/// attribute value type" for the named attribute, and gives an unknown value of the type.
Value evaluate_attribute(const Attribute& attribute, const Type& wanted, const EvalScope& scope,
                         Diagnostics& diagnostics);

}  // namespace kiln::hcl
