#pragma once

#include <set>
#include <string>

#include "base/diagnostic.h"
#include "hcl/syntax/tree.h"
#include "template/config_files.h"

namespace kiln {

/// Compares every `required_version` with kiln's version (pre-release part aside), before anything
/// else of the template is looked at. False when the template must not be read further.
bool check_required_version(const std::vector<ConfigFile>& files, const std::string& version,
                            Diagnostics& diagnostics);

/// Checks the form of one `packer` block and of its plugin requirements (spec/template.md, section
/// 2). What kiln has is built in, so nothing is looked for. `accessors` holds the local names seen
/// so far over all blocks.
void check_packer_block(const hcl::Block& block, std::set<std::string>& accessors,
                        Diagnostics& diagnostics);

}  // namespace kiln
