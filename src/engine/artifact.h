#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/event.h"
#include "base/setting.h"

namespace kiln {

/// What a builder or post-processor made. Plain data; `destroy` removes what it stands for, when a
/// later post-processor's result replaces it.
struct Artifact {
    std::string builder_id;
    std::string id;
    std::string description;
    std::vector<std::filesystem::path> files;
    /// SHA-256 by file, where it was computed on the way.
    std::map<std::filesystem::path, std::string> digests;
    /// What consumers may ask for by name: `diskName`, `diskPaths`, `diskType`.
    Setting::Map state;
    /// `build.*` for post-processors.
    Setting::Map generated_data;
    /// Removes the files (or directory); empty when there is nothing to remove.
    std::function<void()> destroy;
};

/// Shared between the chain that made it and the summary.
using ArtifactPtr = std::shared_ptr<const Artifact>;

/// The artifact as the summary and machine-readable output list it, with sizes read from the disk.
ArtifactSummary summarize(const Artifact& artifact);

}  // namespace kiln
