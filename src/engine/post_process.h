#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/plan.h"

namespace kiln {

/// What a build's post-processing came to.
struct PostProcessing {
    std::vector<ArtifactPtr> artifacts;  ///< what is kept, the builder's own first
    std::vector<std::string> errors;
};

/// Runs a build's chains over the builder's artifact and destroys what nobody keeps
/// (spec/template.md, section 7.3).
PostProcessing post_process(PlannedBuild& build, const ArtifactPtr& built, BuildContext& context,
                            const std::string& version,
                            const std::map<std::string, std::string>& user_variables);

}  // namespace kiln
