#include "engine/post_process.h"

#include "engine/provision.h"

namespace kiln {
namespace {

// Runs the chains one after another; what each leaves goes to `result`.
class Chains {
  public:
    Chains(PlannedBuild& build, BuildContext& context, const std::string& version,
           const std::map<std::string, std::string>& user_variables)
        : build_(build), context_(context), version_(version), user_variables_(user_variables) {}

    PostProcessing run(const ArtifactPtr& built);

  private:
    void run_chain(std::vector<PlannedPostProcessor>& chain, const ArtifactPtr& built);
    PostProcessed run_one(PlannedPostProcessor& planned, const ArtifactPtr& input);
    void destroy(const Artifact& artifact, std::string_view what);

    PlannedBuild& build_;
    BuildContext& context_;
    const std::string& version_;
    const std::map<std::string, std::string>& user_variables_;
    bool keep_built_ = false;
    PostProcessing result_;
};

bool keeps_input(const PlannedPostProcessor& planned, const PostProcessed& done);

}  // namespace

PostProcessing post_process(PlannedBuild& build, const ArtifactPtr& built, BuildContext& context,
                            const std::string& version,
                            const std::map<std::string, std::string>& user_variables) {
    return Chains(build, context, version, user_variables).run(built);
}

namespace {

PostProcessing Chains::run(const ArtifactPtr& built) {
    if (built == nullptr) return {};
    keep_built_ = build_.chains.empty();
    for (auto& chain : build_.chains) run_chain(chain, built);
    if (keep_built_) {
        result_.artifacts.insert(result_.artifacts.begin(), built);
    } else {
        destroy(*built, "Error destroying builder artifact");
    }
    return std::move(result_);
}

void Chains::run_chain(std::vector<PlannedPostProcessor>& chain, const ArtifactPtr& built) {
    ArtifactPtr prior = built;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        PostProcessed done;
        try {
            context_.cancel.throw_if_cancelled();
            done = run_one(chain[i], prior);
        } catch (const Cancelled&) {
            throw;
        } catch (const std::exception& error) {
            result_.errors.push_back(fmt::format("Post-processor failed: {}", describe(error)));
            return;
        }
        if (done.artifact == nullptr) return;
        const bool keep = keeps_input(chain[i], done);
        if (i == 0) {
            keep_built_ = keep_built_ || keep;
        } else if (done.artifact != prior) {
            if (keep)
                result_.artifacts.push_back(prior);
            else
                destroy(*prior, "Failed cleaning up prior artifact");
        }
        prior = done.artifact;
    }
    // A chain that only looked hands the builder's own artifact on; it is listed once.
    if (prior != built) result_.artifacts.push_back(prior);
}

PostProcessed Chains::run_one(PlannedPostProcessor& planned, const ArtifactPtr& input) {
    context_.report.say(
        planned.name == planned.type
            ? fmt::format("Running post-processor: {}", planned.type)
            : fmt::format("Running post-processor: {} (type {})", planned.name, planned.type));
    BuildVariables variables = BuildVariables::placeholders(
        build_.build_name, build_.builder.component->announced_names());
    for (const auto& [name, value] : input->generated_data) variables.values[name] = value;
    const PreparationInput preparation{
        build_, variables, true, context_.run.force, context_.run.debug, version_, user_variables_};
    Diagnostics diagnostics;
    prepare<PostProcessor>(planned, preparation, diagnostics);
    if (diagnostics.has_errors()) throw preparation_error(diagnostics);

    BuildContext inner = context_;
    inner.report = Reporter(context_.report.sink(),
                            fmt::format("{} ({})", context_.display_name, planned.type));
    const auto phase = context_.phases.start(planned.type);
    return planned.component->process(inner, input);
}

void Chains::destroy(const Artifact& artifact, std::string_view what) {
    try {
        if (artifact.destroy) artifact.destroy();
    } catch (const std::exception& error) {
        result_.errors.push_back(fmt::format("{}: {}", what, error.what()));
    }
}

bool keeps_input(const PlannedPostProcessor& planned, const PostProcessed& done) {
    if (!planned.keep_input_artifact) return done.keep_default;
    if (done.keep_default && done.force_keep && !*planned.keep_input_artifact) return true;
    return *planned.keep_input_artifact;
}

}  // namespace
}  // namespace kiln
