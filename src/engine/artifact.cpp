#include "engine/artifact.h"

namespace kiln {

ArtifactSummary summarize(const Artifact& artifact) {
    ArtifactSummary summary{artifact.builder_id, artifact.id, artifact.description, {}};
    for (const auto& file : artifact.files) {
        std::error_code failure;
        const auto size = std::filesystem::file_size(file, failure);
        const auto digest = artifact.digests.find(file);
        summary.files.push_back({file.string(), failure ? 0 : size,
                                 digest == artifact.digests.end() ? "" : digest->second});
    }
    return summary;
}

}  // namespace kiln
