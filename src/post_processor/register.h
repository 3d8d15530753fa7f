#pragma once

#include "engine/registry.h"

namespace kiln {

/// Makes every post-processor of kiln known.
void register_post_processors(Registry& registry);

}  // namespace kiln
