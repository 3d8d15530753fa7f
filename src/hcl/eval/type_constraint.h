#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/diagnostic.h"
#include "hcl/syntax/tree.h"
#include "hcl/value/convert.h"
#include "hcl/value/type.h"
#include "hcl/value/value.h"

namespace kiln::hcl {

/// The default values of optional attributes, at the depth where they stand.
struct TypeDefaults {
    Type type;
    std::map<std::string, Value> values;  ///< of an object's optional attributes
    /// Of attribute types by name, tuple elements by index; of a collection's element type under
    /// the empty name.
    std::map<std::string, std::shared_ptr<const TypeDefaults>> children;
};

/// A type constraint as written in a template (spec/hcl2.md, section 23).
struct TypeWithDefaults {
    Type type;
    std::shared_ptr<const TypeDefaults> defaults;  ///< may be none

    /// Fills in defaults, then converts.
    Conversion apply(const Value& value) const;
};

enum class ConstraintMode {
    Plain,             ///< `optional` is not allowed at all
    Optional,          ///< `optional(T)` is, but no default (in `convert`)
    OptionalDefaults,  ///< both (in the type of a variable)
};

/// Reads `list(object({a = optional(string, "x")}))`. After an error the type is dynamic.
TypeWithDefaults parse_type_constraint(const Expression& expression, Diagnostics& diagnostics,
                                       ConstraintMode mode = ConstraintMode::OptionalDefaults);

}  // namespace kiln::hcl
