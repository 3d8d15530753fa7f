#include "engine/plan.h"

#include <fmt/ranges.h>

#include "base/suggest.h"
#include "engine/selection.h"

namespace kiln {
namespace {

// Makes the builds of a template one by one; holds what is the same for all of them.
class Planner {
  public:
    Planner(const Template& tmpl, const PlanOptions& options, const Registry& registry,
            Diagnostics& diagnostics)
        : template_(tmpl),
          options_(options),
          registry_(registry),
          diagnostics_(diagnostics),
          selection_(options.only, options.except) {}

    std::vector<PlannedBuild> run();

  private:
    std::optional<PlannedBuild> plan_build(const BuildBlock& block, const SourceUse& source);
    PlannedProvisioner plan_provisioner(const ProvisionerBlock& block, const PlannedBuild& build,
                                        Diagnostics& found);
    std::vector<PlannedPostProcessor> plan_chain(const std::vector<PostProcessorBlock>& chain,
                                                 const PlannedBuild& build, Diagnostics& found);
    template <class C>
    void create(Planned<C>& planned, std::optional<Registry::Entry<C>> entry,
                std::string_view keyword, Diagnostics& found);
    void prepare_all(PlannedBuild& build, Diagnostics& found);

    const Template& template_;
    const PlanOptions& options_;
    const Registry& registry_;
    Diagnostics& diagnostics_;
    Selection selection_;
};

bool applies(const std::vector<std::string>& only, const std::vector<std::string>& except,
             const PlannedBuild& build);
std::string label_of(std::string_view keyword, const std::string& type, const std::string& name);
Diagnostic to_diagnostic(const Problem& problem, std::string summary, const SourceRange& fallback);

}  // namespace

std::vector<PlannedBuild> make_plan(const Template& tmpl, const PlanOptions& options,
                                    const Registry& registry, Diagnostics& diagnostics) {
    return Planner(tmpl, options, registry, diagnostics).run();
}

template <class C>
void prepare(Planned<C>& planned, const PreparationInput& input, Diagnostics& diagnostics) {
    const BodyContext body{input.build.source_type, input.build.local_name, input.variables};
    Diagnostics found;
    Setting::Map settings = planned.body->evaluate(*planned.schema, body, found);
    const bool usable = !found.has_errors();
    diagnostics.append(std::move(found));
    if (!usable) return;
    for (const auto& [name, value] : planned.override_settings) settings[name] = value;

    PrepareContext context;
    context.source_name = input.build.source_name;
    context.builder_type = input.build.source_type;
    context.force = input.force;
    context.debug = input.debug;
    context.values_known = input.values_known;
    context.user_variables = input.user_variables;
    context.interpolation.build_name = input.build.source_name;
    context.interpolation.build_type = input.build.source_type;
    context.interpolation.version = input.version;
    context.interpolation.build_values = input.variables.values;
    context.interpolation.fields = input.variables.values;

    Problems problems;
    interpolate_settings(settings, *planned.schema, context.interpolation, problems);
    if (!problems.has_errors()) planned.component->prepare(settings, context, problems);
    for (const Problem& problem : problems) {
        const std::string_view what =
            problem.severity == Severity::Error ? "Failed preparing" : "In";
        diagnostics.add(
            to_diagnostic(problem, fmt::format("{} {}", what, planned.label), planned.range));
    }
}

template void prepare(Planned<Builder>&, const PreparationInput&, Diagnostics&);
template void prepare(Planned<Provisioner>&, const PreparationInput&, Diagnostics&);
template void prepare(Planned<PostProcessor>&, const PreparationInput&, Diagnostics&);

namespace {

std::vector<PlannedBuild> Planner::run() {
    std::vector<PlannedBuild> plan;
    if (template_.builds.empty()) {
        diagnostics_.add(Diagnostic::error(
            "Missing build block",
            "A template needs at least one build block, which names the sources to build."));
        return plan;
    }
    std::vector<std::string> all_names;
    for (const BuildBlock& block : template_.builds) {
        for (const SourceUse& source : block.sources) {
            const std::string name = display_name(block.name, source.type, source.local_name);
            all_names.push_back(name);
            if (!selection_.selects(name)) continue;
            if (auto build = plan_build(block, source)) plan.push_back(std::move(*build));
        }
    }
    selection_.report_unmatched(all_names, diagnostics_);
    return plan;
}

std::optional<PlannedBuild> Planner::plan_build(const BuildBlock& block, const SourceUse& source) {
    PlannedBuild build;
    build.display_name = display_name(block.name, source.type, source.local_name);
    build.build_name = block.name;
    build.source_type = source.type;
    build.source_name = source.name;
    build.local_name = source.local_name;
    build.builder.type = source.type;
    build.builder.name = source.local_name;
    build.builder.label = label_of("source", source.type, source.name);
    build.builder.range = source.range;
    build.builder.body = source.body;

    Diagnostics found;
    create(build.builder, registry_.builder(source.type), "source", found);
    for (const auto& provisioner : block.provisioners) {
        if (!applies(provisioner.meta.only, provisioner.meta.except, build)) continue;
        build.provisioners.push_back(plan_provisioner(provisioner, build, found));
    }
    if (block.error_cleanup &&
        applies(block.error_cleanup->meta.only, block.error_cleanup->meta.except, build)) {
        build.error_cleanup = plan_provisioner(*block.error_cleanup, build, found);
    }
    for (const auto& chain : block.chains) {
        auto planned = plan_chain(chain, build, found);
        if (!planned.empty()) build.chains.push_back(std::move(planned));
    }
    if (!found.has_errors()) prepare_all(build, found);
    const bool usable = !found.has_errors();
    diagnostics_.append(std::move(found));
    return usable ? std::optional(std::move(build)) : std::nullopt;
}

PlannedProvisioner Planner::plan_provisioner(const ProvisionerBlock& block,
                                             const PlannedBuild& build, Diagnostics& found) {
    PlannedProvisioner planned;
    planned.type = block.type;
    planned.name = block.name;
    planned.label = label_of("provisioner-block", block.type, block.name);
    planned.range = block.range;
    planned.body = block.body;
    planned.meta = block.meta;
    const auto override_settings = block.meta.override_by_source.find(build.local_name);
    if (override_settings != block.meta.override_by_source.end()) {
        planned.override_settings = override_settings->second;
    }
    create(planned, registry_.provisioner(block.type), "provisioner", found);
    return planned;
}

std::vector<PlannedPostProcessor> Planner::plan_chain(const std::vector<PostProcessorBlock>& chain,
                                                      const PlannedBuild& build,
                                                      Diagnostics& found) {
    std::vector<PlannedPostProcessor> planned_chain;
    for (const auto& block : chain) {
        if (!applies(block.only, block.except, build)) continue;
        // A post-processor that -except names ends its chain there.
        if (selection_.excludes_post_processor(block.name.empty() ? block.type : block.name)) break;
        PlannedPostProcessor& planned = planned_chain.emplace_back();
        planned.type = block.type;
        planned.name = block.name;
        planned.label = label_of("post-processor-block", block.type, block.name);
        planned.range = block.range;
        planned.body = block.body;
        planned.keep_input_artifact = block.keep_input_artifact;
        create(planned, registry_.post_processor(block.type), "post-processor", found);
    }
    return planned_chain;
}

template <class C>
void Planner::create(Planned<C>& planned, std::optional<Registry::Entry<C>> entry,
                     std::string_view keyword, Diagnostics& found) {
    if (entry) {
        planned.schema = entry->schema;
        planned.component = entry->create();
        return;
    }
    const auto known = registry_.types(keyword);
    found.add(Diagnostic::error(
        fmt::format("Unknown {} type {}", keyword, planned.type),
        fmt::format("kiln has no {} of the type \"{}\".{} Known types: {}. Leave this build out "
                    "with -except, or use one of these.",
                    keyword, planned.type, did_you_mean(planned.type, known),
                    fmt::join(known, ", ")),
        planned.range));
}

void Planner::prepare_all(PlannedBuild& build, Diagnostics& found) {
    BuildVariables variables = BuildVariables::placeholders(build.build_name, {});
    PreparationInput input{build,
                           variables,
                           false,
                           options_.force,
                           options_.debug,
                           options_.version,
                           template_.variable_values};
    prepare(build.builder, input, found);
    variables =
        BuildVariables::placeholders(build.build_name, build.builder.component->announced_names());
    for (auto& provisioner : build.provisioners) {
        prepare<Provisioner>(provisioner, input, found);
    }
    if (build.error_cleanup) prepare<Provisioner>(*build.error_cleanup, input, found);
    for (auto& chain : build.chains) {
        for (auto& post_processor : chain) prepare<PostProcessor>(post_processor, input, found);
    }
}

bool applies(const std::vector<std::string>& only, const std::vector<std::string>& except,
             const PlannedBuild& build) {
    const std::string name = build.source_type + "." + build.local_name;
    const auto has = [&](const std::vector<std::string>& list) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    if (!only.empty()) return has(only);
    return !has(except);
}

std::string label_of(std::string_view keyword, const std::string& type, const std::string& name) {
    return fmt::format("{} \"{}\" \"{}\"", keyword, type, name);
}

Diagnostic to_diagnostic(const Problem& problem, std::string summary, const SourceRange& fallback) {
    Diagnostic diagnostic;
    diagnostic.severity = problem.severity;
    diagnostic.summary = std::move(summary);
    diagnostic.detail = problem.message;
    diagnostic.subject = problem.range ? *problem.range : fallback;
    return diagnostic;
}

}  // namespace
}  // namespace kiln
