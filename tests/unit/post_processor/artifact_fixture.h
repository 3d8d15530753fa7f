#pragma once

#include "tests/unit/provisioner/component_fixture.h"

namespace kiln::test {

/// A component test with an artifact of files to process.
class PostProcessorTest : public ComponentTest {
  protected:
    ArtifactPtr artifact_of(std::vector<std::filesystem::path> files) const {
        Artifact artifact;
        artifact.builder_id = "transcend.qemu";
        artifact.id = "VM";
        artifact.files = std::move(files);
        artifact.generated_data = data_;
        return std::make_shared<const Artifact>(std::move(artifact));
    }
    /// What stands in the test's directory, but for the run record.
    std::vector<std::string> listing() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
            const std::string name = entry.path().filename().string();
            if (name != "state") names.push_back(name);
        }
        std::sort(names.begin(), names.end());
        return names;
    }
    template <class Action>
    static std::string failure_of(Action action) {
        try {
            action();
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }
};

}  // namespace kiln::test
