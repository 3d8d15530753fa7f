#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "hcl/eval/type_constraint.h"
#include "hcl/function/secret_sources.h"
#include "hcl/syntax/tree.h"
#include "hcl/value/value.h"

namespace kiln {

/// Where a variable's value comes from; later ones win over earlier ones.
enum class ValueOrigin { Default, Environment, File, CommandLine };

/// A rule of a `validation` block.
struct ValidationRule {
    hcl::ExpressionPtr condition;
    std::string error_message;
    SourceRange range;
};

/// An input variable as declared (spec/template.md, section 3), with the value that won so far.
struct Variable {
    struct Assigned {
        hcl::Value value;
        ValueOrigin origin = ValueOrigin::Default;
        SourceRange range;
    };

    std::string name;
    std::string description;
    hcl::TypeWithDefaults type;
    bool sensitive = false;
    std::vector<ValidationRule> rules;
    SourceRange range;
    std::optional<Assigned> assigned;
    std::optional<hcl::Value> default_value;
    /// A value for it was wrong and is reported: neither a missing value nor a rule that the value
    /// below would break is a second error.
    bool broken = false;

    /// The value, or an unknown one of the type.
    hcl::Value value() const;
};

/// All variables of a template by name.
using Variables = std::map<std::string, Variable>;

/// Reads a `variable` block.
void declare_variable(const hcl::Block& block, Variables& variables, Diagnostics& diagnostics);

/// Reads a `variables` block: names and their defaults.
void declare_variables(const hcl::Block& block, Variables& variables, Diagnostics& diagnostics);

/// Runs the validation rules over the winning values, and reports variables without a value.
void check_variable_values(const Variables& variables, const hcl::SecretSources& secrets,
                           Diagnostics& diagnostics);

/// Registers every text inside the value as a secret.
void register_secrets(const hcl::Value& value);

}  // namespace kiln
