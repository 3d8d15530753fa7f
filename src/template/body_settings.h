#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/schema.h"
#include "hcl/eval/dynamic.h"
#include "hcl/eval/scope.h"
#include "hcl/syntax/tree.h"
#include "hcl/value/type.h"

namespace kiln {

/// Evaluates a component's body by its schema (spec/template.md, section 8): attributes are
/// converted to the options' types, nested blocks become maps or lists of maps. Unknown names,
/// missing options, blocks written as attributes and the other way round are errors. Every setting
/// has its place; null with a place is what could not be evaluated.
Setting::Map body_settings(const hcl::Body& body, const SchemaInfo& schema,
                           const hcl::EvalScope& scope, Diagnostics& diagnostics);

/// The language's type of an option or output; a block's is dynamic.
hcl::Type type_of_option(OptionType type);

/// Options that every component takes and that say nothing: the peer sets them itself for its
/// components (`packer_build_name`), whatever the template says.
bool is_hidden_option(std::string_view name);
const std::vector<std::string>& hidden_options();

/// The nested blocks of the schema's options, for expanding dynamic blocks.
hcl::NestedBlockSchema nested_blocks(const SchemaInfo& schema);

}  // namespace kiln
