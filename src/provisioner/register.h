#pragma once

#include "engine/registry.h"

namespace kiln {

/// Makes every provisioner of kiln known.
void register_provisioners(Registry& registry);

}  // namespace kiln
