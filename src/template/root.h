#pragma once

#include <optional>

#include "base/diagnostic.h"
#include "hcl/eval/body.h"

namespace kiln {

struct RootContent {
    hcl::BodyContent content;
    /// False when a block was left out whose form or type is wrong: what is missed later may stand
    /// in it.
    bool complete = true;
};

/// Reads the top level of one file of a template. What does not belong there is told by what it
/// most likely is: a block one level too high, a variable's value, a legacy template.
RootContent read_root(const hcl::Body& root, Diagnostics& diagnostics);

/// When blocks of builds stand in a body that does not allow them (a `provisioner` inside of a
/// `source`): says where they belong, and gives the body without them.
std::optional<hcl::Body> without_misplaced_blocks(const hcl::Body& body,
                                                  const hcl::BodySchema& allowed,
                                                  Diagnostics& diagnostics);

}  // namespace kiln
