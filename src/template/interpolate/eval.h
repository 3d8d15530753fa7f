#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "template/interpolate/parser.h"

namespace kiln {
struct InterpolateContext;
}

namespace kiln::interpolation {

/// Runs a parsed text. The amount of work and of output is bounded. Throws Error with the place in
/// `text`.
std::string render(std::string_view text, const std::vector<Node>& nodes,
                   const InterpolateContext& context);

}  // namespace kiln::interpolation
