#pragma once

#include <string>

#include "template/interpolate.h"

namespace kiln::interpolation {

/// For texts that are rendered later, when their fields are known: says which field is most likely
/// misspelt (` has no field .Paths. Did you mean ".Path"?`), and nothing for all others. Fields
/// that no component has are no mistake by themselves: only what is nearly a known one is told.
std::string misspelt_field(const std::string& text, const InterpolateContext& context);

}  // namespace kiln::interpolation
