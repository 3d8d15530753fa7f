#pragma once

#include "engine/registry.h"

namespace kiln {

/// Data sources whose options and outputs kiln knows and that it cannot ask: those of the HCP
/// registry (spec/components.md, section 5).
void add_declared_data_sources(Registry& registry);

}  // namespace kiln
