#pragma once

#include "engine/registry.h"

namespace kiln {

/// `hyperv-iso` and `hyperv-vmcx`, whose options are known after their public documentation.
void add_hyperv_builders(Registry& registry);

}  // namespace kiln
