#include "engine/plan.h"

#include <algorithm>
#include <set>
#include <tuple>

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
          selection_(options.only, options.except,
                     tmpl.language == TemplateLanguage::Json ? Matching::ExactNames
                                                             : Matching::Patterns) {}

    std::vector<PlannedBuild> run();

  private:
    std::optional<PlannedBuild> plan_build(const BuildBlock& block, const SourceUse& source,
                                           const BuildNames& names);
    PlannedProvisioner plan_provisioner(const ProvisionerBlock& block, const PlannedBuild& build,
                                        Diagnostics& found);
    std::vector<PlannedPostProcessor> plan_chain(const std::vector<PostProcessorBlock>& chain,
                                                 const PlannedBuild& build, Diagnostics& found);
    template <class C>
    void create(Planned<C>& planned, std::optional<Registry::Entry<C>> entry,
                std::string_view keyword, const PlannedBuild& build, Diagnostics& found);
    void note_missing();
    void prepare_all(PlannedBuild& build, Diagnostics& found);

    const Template& template_;
    const PlanOptions& options_;
    const Registry& registry_;
    Diagnostics& diagnostics_;
    Selection selection_;
    /// Keyword and type of the components that were missed already.
    std::set<std::pair<std::string, std::string>> missed_;
    std::set<std::string> told_;  // type and place of those that were told as errors
};

bool applies(const std::vector<std::string>& only, const std::vector<std::string>& except,
             const PlannedBuild& build);
bool has_all_components(const PlannedBuild& build);
std::string label_of(std::string_view keyword, const std::string& type, const std::string& name);
std::string_view component_word(std::string_view keyword);
Diagnostics in_order(const Diagnostics& diagnostics);
void locate(Problem& problem, const Setting::Map& settings);
bool is_about_placeholder(const Problem& problem, const Setting::Map& settings);
bool holds_placeholder(const Setting& setting);
Diagnostic to_diagnostic(const Problem& problem, std::string summary, const SourceRange& fallback);

}  // namespace

std::vector<PlannedBuild> make_plan(const Template& tmpl, const PlanOptions& options,
                                    const Registry& registry, Diagnostics& diagnostics) {
    Diagnostics found;
    std::vector<PlannedBuild> plan = Planner(tmpl, options, registry, found).run();
    diagnostics.append(in_order(found));
    return plan;
}

template <class C>
void prepare(Planned<C>& planned, const PreparationInput& input, Diagnostics& diagnostics) {
    const BodyContext body{input.build.source_type, input.build.local_name, input.variables};
    Diagnostics found;
    Setting::Map settings = planned.body->evaluate(*planned.schema, body, found);
    // What could be evaluated is checked all the same, so that all mistakes are told at once.
    const bool complete = !found.has_errors();
    diagnostics.append(std::move(found));
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
    planned.body->complete(context.interpolation);

    Problems problems;
    interpolate_settings(settings, *planned.schema, context.interpolation, problems);
    Problems rules;
    planned.component->prepare(settings, context, rules);
    if (!complete) rules = schema_detail::about_what_is_there(rules, settings);
    schema_detail::add_rule_problems(rules, settings, problems);
    for (Problem problem : problems) {
        // A rule cannot judge a value that is not known yet: it is asked again before the run.
        if (!input.values_known && is_about_placeholder(problem, settings)) continue;
        locate(problem, settings);
        const std::string_view what =
            problem.severity == Severity::Error ? "Failed preparing" : "In";
        diagnostics.add(
            to_diagnostic(problem, fmt::format("{} {}", what, planned.label), planned.range));
    }
    planned.gaps.clear();
    if (!complete || problems.has_errors()) return;
    for (Problem gap : planned.component->gaps()) {
        locate(gap, settings);
        planned.gaps.add(to_diagnostic(gap, fmt::format("kiln cannot run {} yet", planned.label),
                                       planned.range));
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
            const BuildNames names =
                build_names(template_.language, block.name, source.type, source.local_name);
            all_names.push_back(names.selection);
            if (!selection_.selects(names.selection)) continue;
            if (auto build = plan_build(block, source, names)) plan.push_back(std::move(*build));
        }
    }
    selection_.report_unmatched(all_names, diagnostics_);
    note_missing();
    return plan;
}

std::optional<PlannedBuild> Planner::plan_build(const BuildBlock& block, const SourceUse& source,
                                                const BuildNames& names) {
    PlannedBuild build;
    build.display_name = names.display;
    build.selection_name = names.selection;
    build.component_name = names.component;
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
    create(build.builder, registry_.builder(source.type), "source", build, found);
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
    const bool complete = has_all_components(build);
    if (complete) prepare_all(build, found);
    const bool usable = complete && !found.has_errors();
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
    create(planned, registry_.provisioner(block.type), "provisioner", build, found);
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
        create(planned, registry_.post_processor(block.type), "post-processor", build, found);
    }
    return planned_chain;
}

template <class C>
void Planner::create(Planned<C>& planned, std::optional<Registry::Entry<C>> entry,
                     std::string_view keyword, const PlannedBuild& build, Diagnostics& found) {
    if (entry) {
        planned.schema = entry->schema;
        planned.component = entry->create();
        return;
    }
    missed_.emplace(keyword, planned.type);
    Diagnostic unknown = Diagnostic::error(
        fmt::format("Unknown {} type {}", keyword, planned.type),
        fmt::format("kiln has no {} \"{}\".{} The build {} needs it: leave that build out with "
                    "-except='{}', or take the block out of it. `kiln docs` lists what there is.",
                    component_word(keyword), planned.type,
                    did_you_mean(planned.type, registry_.types(keyword)), build.selection_name,
                    build.selection_name),
        planned.range);
    // One block may belong to many builds.
    const bool first = told_.insert(planned.type + planned.range.to_string()).second;
    if (first) found.add(std::move(unknown));
}

// Components that no selected build needs do not stop the work on the others.
void Planner::note_missing() {
    const auto note = [&](std::string_view keyword, const auto& block) {
        if (registry_.has(keyword, block.type)) return;
        if (!missed_.emplace(keyword, block.type).second) return;
        diagnostics_.add(Diagnostic::warning(
            fmt::format("Unknown {} type {}", keyword, block.type),
            fmt::format("kiln has no {} \"{}\".{} None of the selected builds needs it.",
                        component_word(keyword), block.type,
                        did_you_mean(block.type, registry_.types(keyword))),
            block.range));
    };
    for (const BuildBlock& block : template_.builds) {
        for (const auto& source : block.sources) note("source", source);
        for (const auto& provisioner : block.provisioners) note("provisioner", provisioner);
        if (block.error_cleanup) note("provisioner", *block.error_cleanup);
        for (const auto& chain : block.chains) {
            for (const auto& post_processor : chain) note("post-processor", post_processor);
        }
    }
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
    const auto has = [&](const std::vector<std::string>& list) {
        return std::find(list.begin(), list.end(), build.component_name) != list.end();
    };
    if (!only.empty()) return has(only);
    return !has(except);
}

bool has_all_components(const PlannedBuild& build) {
    const auto has = [](const auto& planned) { return planned.component != nullptr; };
    return has(build.builder) &&
           std::all_of(build.provisioners.begin(), build.provisioners.end(), has) &&
           (!build.error_cleanup || has(*build.error_cleanup)) &&
           std::all_of(build.chains.begin(), build.chains.end(), [&](const auto& chain) {
               return std::all_of(chain.begin(), chain.end(), has);
           });
}

std::string label_of(std::string_view keyword, const std::string& type, const std::string& name) {
    if (name.empty()) return fmt::format("{} \"{}\"", keyword, type);
    return fmt::format("{} \"{}\" \"{}\"", keyword, type, name);
}

// By their places, what has none last; one that several builds give rise to is there once.
Diagnostics in_order(const Diagnostics& diagnostics) {
    std::vector<Diagnostic> items;
    std::set<std::string> known;
    for (const Diagnostic& item : diagnostics) {
        const std::string place = item.subject ? item.subject->to_string() : std::string();
        const std::string key = fmt::format("{}\n{}\n{}", place, item.summary, item.detail);
        if (known.insert(key).second) items.push_back(item);
    }
    const auto place = [](const Diagnostic& item) {
        return item.subject ? std::tuple(0, item.subject->filename, item.subject->start.byte)
                            : std::tuple(1, std::string(), std::size_t{0});
    };
    std::stable_sort(items.begin(), items.end(),
                     [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
    Diagnostics ordered;
    for (Diagnostic& item : items) ordered.add(std::move(item));
    return ordered;
}

std::string_view component_word(std::string_view keyword) {
    return keyword == "source" ? "builder" : keyword;
}

void locate(Problem& problem, const Setting::Map& settings) {
    const auto setting = settings.find(problem.option);
    if (!problem.range && setting != settings.end()) problem.range = setting->second.range();
}

bool is_about_placeholder(const Problem& problem, const Setting::Map& settings) {
    const auto setting = settings.find(problem.option);
    return setting != settings.end() && holds_placeholder(setting->second);
}

bool holds_placeholder(const Setting& setting) {
    if (const std::string* text = setting.as_string()) {
        return text->find("<unknown>") != std::string::npos;
    }
    if (const Setting::List* list = setting.as_list()) {
        return std::any_of(list->begin(), list->end(), holds_placeholder);
    }
    const Setting::Map* map = setting.as_map();
    return map != nullptr && std::any_of(map->begin(), map->end(), [](const auto& entry) {
               return holds_placeholder(entry.second);
           });
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
