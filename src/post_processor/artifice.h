#pragma once

#include "engine/component.h"

namespace kiln {

struct ArtificeOptions {
    std::vector<std::string> files;
};

Schema<ArtificeOptions> artifice_schema();

/// Replaces the artifact's list of files by files that other steps made (spec/components.md, 4.4).
class ArtificePostProcessor : public ComponentWith<PostProcessor, ArtificeOptions> {
  public:
    using ComponentWith::ComponentWith;
    PostProcessed process(BuildContext& context, const ArtifactPtr& input) override;
};

/// The paths that a shell-like pattern (`*`, `?`, `[a-c]`, `\`) matches, in byte order.
std::vector<std::filesystem::path> match_files(const std::string& pattern);

}  // namespace kiln
