#pragma once

#include <string>

#include "hcl/function/function.h"
#include "lsp/shape.h"

namespace kiln::lsp {

/// `substr(str string, offset number, length number)`
std::string signature(const std::string& name, const hcl::Function& function);

/// `string, required` or `number, default 1`
std::string member_summary(const Member& member);

/// What the member is for, with what to know of it: deprecated, not served yet, choices.
std::string member_doc(const Member& member);

}  // namespace kiln::lsp
