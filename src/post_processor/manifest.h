#pragma once

#include "engine/component.h"

namespace kiln {

struct ManifestOptions {
    std::string output = "packer-manifest.json";
    bool strip_path = false;
    bool strip_time = false;
    std::map<std::string, std::string> custom_data;
};

Schema<ManifestOptions> manifest_schema();

/// Notes what a build made in a JSON file to which builds and runs add (spec/components.md, 4.1).
/// Builds of this process take turns; other processes are kept out by `<output>.lock`. A file that
/// cannot be read is left untouched.
class ManifestPostProcessor : public ComponentWith<PostProcessor, ManifestOptions> {
  public:
    using ComponentWith::ComponentWith;
    PostProcessed process(BuildContext& context, const ArtifactPtr& input) override;
};

}  // namespace kiln
