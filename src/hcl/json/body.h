#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "hcl/syntax/tree.h"

/// JSON bodies, where only a schema tells attributes from blocks (spec/hcl2.md, section 24).
/// Those who read bodies with eval/body.h need nothing of this.
namespace kiln::hcl {

/// The property as an attribute.
Attribute json_attribute(const OpenProperty& property);

/// The blocks that the property stands for: one below each path of labels, in order, and several
/// where an array stands. Reports what is neither.
std::vector<Block> json_blocks(const OpenProperty& property,
                               const std::vector<std::string>& label_names,
                               Diagnostics& diagnostics);

/// The body that an object, or an array of objects, stands for. Comments (`//`) are left out.
Body json_body(const json::DocumentPtr& document, const json::Node& node,
               const BindingsPtr& bindings, bool unknown, Diagnostics& diagnostics);

}  // namespace kiln::hcl
