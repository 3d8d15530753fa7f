#pragma once

#include "engine/registry.h"

namespace kiln {

/// All components that this kiln has.
const Registry& all_components();

}  // namespace kiln
