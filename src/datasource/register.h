#pragma once

#include "engine/registry.h"

namespace kiln {

/// Adds the data sources that kiln has.
void register_data_sources(Registry& registry);

}  // namespace kiln
