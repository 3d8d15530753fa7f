#pragma once

#include "base/diagnostic.h"
#include "template/template.h"
#include "template/value_graph.h"

namespace kiln {

/// The value of a data block: asked, or unknown by its declared outputs where data sources are not
/// asked. Nothing when kiln does not have its type, which is no more than a warning here: only what
/// needs the value cannot go on.
std::optional<hcl::Value> evaluate_data(const DataDefinition& data, const hcl::EvalScope& scope,
                                        const TemplateOptions& options, Diagnostics& diagnostics);

}  // namespace kiln
