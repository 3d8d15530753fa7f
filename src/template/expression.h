#pragma once

#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "hcl/value/value.h"
#include "template/template.h"

namespace kiln {

/// Evaluates one line of the console: in an HCL template an expression that may use `var`, `local`,
/// `path`, `packer` and the functions; with a legacy template a text whose `{{ }}` are rendered.
/// `name` is what diagnostics call the text; it is added to `sources`. The value is unknown when
/// there are errors. The template must be readable.
hcl::Value evaluate_expression(const Template& tmpl, std::string_view text, const std::string& name,
                               SourceMap& sources, Diagnostics& diagnostics);

}  // namespace kiln
