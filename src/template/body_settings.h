#pragma once

#include "base/diagnostic.h"
#include "base/schema.h"
#include "hcl/eval/dynamic.h"
#include "hcl/eval/scope.h"
#include "hcl/syntax/tree.h"

namespace kiln {

/// Evaluates a component's body by its schema (spec/template.md, section 8): attributes are
/// converted to the options' types, nested blocks become maps or lists of maps. Unknown names,
/// missing options, blocks written as attributes and the other way round are errors. Every setting
/// has its place.
Setting::Map body_settings(const hcl::Body& body, const SchemaInfo& schema,
                           const hcl::EvalScope& scope, Diagnostics& diagnostics);

/// The nested blocks of the schema's options, for expanding dynamic blocks.
hcl::NestedBlockSchema nested_blocks(const SchemaInfo& schema);

}  // namespace kiln
