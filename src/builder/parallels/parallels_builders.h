#pragma once

#include "engine/registry.h"

namespace kiln {

/// `parallels-iso` and `parallels-pvm`, whose options are known after their public documentation.
void add_parallels_builders(Registry& registry);

}  // namespace kiln
