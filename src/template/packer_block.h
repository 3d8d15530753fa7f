#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "hcl/syntax/tree.h"
#include "template/config_files.h"
#include "template/template.h"

namespace kiln {

/// Compares every `required_version` with kiln's version (pre-release part aside), before anything
/// else of the template is looked at. False when the template must not be read further.
bool check_required_version(const std::vector<ConfigFile>& files, const std::string& version,
                            Diagnostics& diagnostics);

/// Checks one `packer` block and adds its plugin requirements (spec/template.md, section 2) to
/// those of the blocks before it. What kiln has is built in, so nothing is looked for. Requirements
/// with errors are told and left out.
void read_packer_block(const hcl::Block& block, std::vector<PluginRequirement>& requirements,
                       Diagnostics& diagnostics);

}  // namespace kiln
