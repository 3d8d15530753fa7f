#pragma once

#include <memory>

#include "template/component_body.h"
#include "template/interpolate.h"
#include "template/legacy/options.h"

namespace kiln::legacy {

/// The body of a component of a legacy template: the properties of `node` (none: no options at all)
/// that `is_own` does not claim for the template. What no option is called is an error.
ComponentBody make_body(json::DocumentPtr document, const json::Node* node, OwnKey is_own,
                        std::shared_ptr<const LegacyFacts> facts);

}  // namespace kiln::legacy
