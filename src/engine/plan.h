#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "engine/registry.h"
#include "template/template.h"

namespace kiln {

/// A component of one build: its block in the template, its schema, and the instance that will run.
template <class C>
struct Planned {
    std::string type;
    std::string name;   ///< given in the template, may be empty
    std::string label;  ///< for messages: `provisioner "shell" "setup"`
    SourceRange range;
    std::optional<ComponentBody> body;
    /// Options that win over the body's (a provisioner's `override`).
    Setting::Map override_settings;
    std::shared_ptr<const SchemaInfo> schema;
    std::unique_ptr<C> component;
    /// What it asks for and kiln cannot do yet (Component::gaps), with its place.
    Diagnostics gaps;
};

struct PlannedProvisioner : Planned<Provisioner> {
    ProvisionerMeta meta;
};

struct PlannedPostProcessor : Planned<PostProcessor> {
    std::optional<bool> keep_input_artifact;
};

/// One build: a source with the provisioners and post-processors that apply to it, all prepared.
struct PlannedBuild {
    std::string display_name;    ///< in the output: `[build.]type.name`
    std::string selection_name;  ///< matched by -only and -except
    std::string component_name;  ///< matched by `only` and `except` of its components
    std::string build_name;      ///< of the build block, may be empty
    std::string source_type;
    std::string source_name;  ///< the source block's own name
    std::string local_name;
    Planned<Builder> builder;
    std::vector<PlannedProvisioner> provisioners;
    std::optional<PlannedProvisioner> error_cleanup;
    std::vector<std::vector<PlannedPostProcessor>> chains;
};

struct PlanOptions {
    std::vector<std::string> only;
    std::vector<std::string> except;
    bool force = false;
    bool debug = false;
    std::string version;  ///< packer.version
};

/// Which builds there are, in their order, each component prepared once. Builds with errors are
/// left out and told in `diagnostics`; the others can run (spec/template.md, sections 6 and 13),
/// unless they have gaps (engine/readiness.h). Components that kiln does not have are errors where
/// a selected build needs them, and a warning elsewhere.
std::vector<PlannedBuild> make_plan(const Template& tmpl, const PlanOptions& options,
                                    const Registry& registry, Diagnostics& diagnostics);

/// Evaluates a component's body with what is known of the build, renders its `{{ }}` strings and
/// prepares it. Used with placeholders for the plan, and with real values right before it runs.
struct PreparationInput {
    const PlannedBuild& build;
    const BuildVariables& variables;
    bool values_known = false;
    bool force = false;
    bool debug = false;
    std::string version;
    const std::map<std::string, std::string>& user_variables;
};
template <class C>
void prepare(Planned<C>& planned, const PreparationInput& input, Diagnostics& diagnostics);

extern template void prepare(Planned<Builder>&, const PreparationInput&, Diagnostics&);
extern template void prepare(Planned<Provisioner>&, const PreparationInput&, Diagnostics&);
extern template void prepare(Planned<PostProcessor>&, const PreparationInput&, Diagnostics&);

}  // namespace kiln
