#pragma once

#include <string>
#include <vector>

#include "template/template.h"

namespace kiln {

/// What `inspect` tells of an HCL2 template (spec/cli.md, 2.3), as its three messages.
std::vector<std::string> describe_hcl_template(const Template& tmpl);

/// The names and values that the console's `variables` shows, in the manner of the template's
/// language. Ends with a line end.
std::string describe_names(const Template& tmpl);

}  // namespace kiln
