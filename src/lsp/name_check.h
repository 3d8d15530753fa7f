#pragma once

#include "base/diagnostic.h"
#include "engine/registry.h"
#include "hcl/syntax/tree.h"

namespace kiln::lsp {

/// Reports the attributes and blocks of a file that are not known where they stand, at any depth,
/// without evaluating anything: so it also judges what no build uses, and files whose neighbours
/// cannot be read. Dynamic blocks and bodies of unknown components are passed over.
void check_names(const hcl::Body& file, const Registry& registry, Diagnostics& diagnostics);

}  // namespace kiln::lsp
