#pragma once

#include <functional>
#include <optional>

#include "hcl/json/node.h"
#include "hcl/syntax/tree.h"

namespace kiln::hcl {

/// A JSON value as an expression: strings are templates, arrays tuples, objects objects whose names
/// are templates too. What is wrong inside a string is not told before it is evaluated.
ExpressionPtr json_expression(const json::DocumentPtr& document, const json::Node& node);

/// The string read as native syntax: a type constraint, a call. Nothing when it is none.
ExpressionPtr json_native_expression(const JsonString& string);
/// The string read as a reference. Nothing when it is none.
std::optional<Traversal> json_traversal(const JsonString& string);

/// The value that the JSON stands for, strings as they are: variable files, legacy templates. A
/// name twice in an object is reported ("Duplicate object attribute"), and the first one stays.
Value json_value(const json::Document& document, const json::Node& node, Diagnostics& diagnostics);

}  // namespace kiln::hcl
