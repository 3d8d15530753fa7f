#pragma once

#include "engine/registry.h"

namespace kiln {

/// Adds the builders that kiln has.
void register_builders(Registry& registry);

}  // namespace kiln
