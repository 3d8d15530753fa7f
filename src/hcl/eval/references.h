#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "hcl/syntax/tree.h"

/// Reading an expression's syntax instead of evaluating it (spec/hcl2.md, section 22).
namespace kiln::hcl {

/// Every reference in the expression whose root is not bound inside it (by a `for`), in source
/// order. Steps after a computed key or a splat are left out.
std::vector<Traversal> references(const Expression& expression);
/// Of all attributes of the body and its blocks, at any depth.
std::vector<Traversal> references(const Body& body);

/// A call read from syntax, like the constructors of type constraints.
struct StaticCall {
    std::string name;
    SourceRange name_range;
    std::vector<ExpressionPtr> arguments;
    SourceRange arguments_range;
};

/// Each returns nothing when the expression has another shape. In JSON syntax the first three are
/// read from strings, which hold native syntax then.
std::optional<Traversal> as_traversal(const Expression& expression);
/// A single bare identifier, also `true`, `false` and `null`. Empty when it is something else.
std::string as_keyword(const Expression& expression);
std::optional<StaticCall> as_call(const Expression& expression);
std::optional<std::vector<ExpressionPtr>> as_list(const Expression& expression);
std::optional<std::vector<std::pair<ExpressionPtr, ExpressionPtr>>> as_map(
    const Expression& expression);

}  // namespace kiln::hcl
