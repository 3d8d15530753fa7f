#pragma once

#include "local_shell/script_options.h"

namespace kiln {

/// What a provisioner runs comes from one place: `inline`, `script` or `scripts`
/// (spec/components.md, section 3.1).
void check_script_source(const ScriptOptions& options, Problems& problems);

}  // namespace kiln
