#pragma once

#include "base/diagnostic.h"
#include "hcl/syntax/tree.h"

namespace kiln {

/// Where a template's `hcp_packer_registry` block was seen; a template has one at most.
struct RegistrySeen {
    std::optional<SourceRange> first;
};

/// Checks the form of a `hcp_packer_registry` block (spec/template.md, section 10) and tells that
/// it is not used.
void check_registry_block(const hcl::Block& block, RegistrySeen& seen, Diagnostics& diagnostics);

}  // namespace kiln
