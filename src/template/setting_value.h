#pragma once

#include "base/setting.h"
#include "hcl/syntax/tree.h"
#include "hcl/value/value.h"

namespace kiln {

/// A value of the language as plain data. Unknown parts become placeholders: `<unknown>`, 0, false,
/// empty collections (spec/template.md, section 6.4). With an expression, the places of the parts
/// that are written out in it are kept.
Setting to_setting(const hcl::Value& value, const hcl::Expression* expression = nullptr);

/// Plain data as a value of the language: lists become tuples, maps objects.
hcl::Value to_value(const Setting& setting);

}  // namespace kiln
