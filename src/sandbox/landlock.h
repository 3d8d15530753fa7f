#pragma once

#include "sandbox/sandbox.h"

namespace kiln {

/// The version of Landlock's interface that the kernel has, 0 for none (landlock(7)).
int landlock_version();

/// Restricts the calling thread, and those it starts from then on, to the rules' files for good.
/// Files that are open already stay open. Throws kiln::Error.
void restrict_files(const SandboxRules& rules);

}  // namespace kiln
