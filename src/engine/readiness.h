#pragma once

#include <vector>

#include "engine/plan.h"

namespace kiln {

/// Takes the builds out of the plan that need what kiln knows but cannot do yet: a component that
/// is only declared, an option or a communicator that comes later. Each thing is told as an error
/// with its place. For `build`, before anything starts; `validate` lets them pass.
void refuse_unready(std::vector<PlannedBuild>& plan, Diagnostics& diagnostics);

}  // namespace kiln
