#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "hcl/eval/body.h"
#include "hcl/eval/scope.h"

/// Attributes that the template itself reads (a name, a description, `only`), as plain values.
/// What is wrong goes to the diagnostics; the result is nothing then, and also for null.
namespace kiln {

/// The value, converted, known throughout and not null.
std::optional<hcl::Value> attribute_value(const hcl::Attribute& attribute, const hcl::Type& type,
                                          const hcl::EvalScope& scope, Diagnostics& diagnostics);

/// Of the content's attribute `name`, if it is there.
std::optional<std::string> string_attribute(const hcl::BodyContent& content,
                                            const std::string& name, const hcl::EvalScope& scope,
                                            Diagnostics& diagnostics);
std::optional<bool> bool_attribute(const hcl::BodyContent& content, const std::string& name,
                                   const hcl::EvalScope& scope, Diagnostics& diagnostics);
std::vector<std::string> strings_attribute(const hcl::BodyContent& content, const std::string& name,
                                           const hcl::EvalScope& scope, Diagnostics& diagnostics);

/// A block's label that must be an identifier; else the error `Invalid WHAT name`.
bool check_label_name(const hcl::Label& label, const std::string& what, Diagnostics& diagnostics);

/// How many errors there are.
std::size_t count_errors(const Diagnostics& diagnostics);

}  // namespace kiln
