#include "template/legacy/load.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "base/suggest.h"
#include "template/legacy/body.h"
#include "template/legacy/raw_template.h"
#include "template/legacy/user_texts.h"
#include "template/legacy/user_variables.h"
#include "template/names.h"
#include "template/version_constraint.h"

namespace kiln::legacy {
namespace {

class LegacyNames : public TemplateNames {
  public:
    explicit LegacyNames(InterpolateContext context) : context_(std::move(context)) {}
    hcl::Value evaluate(std::string_view text, const std::string& name,
                        Diagnostics& diagnostics) const override;

  private:
    InterpolateContext context_;
};

/// Makes the build out of the parts of the template.
class Loader {
  public:
    Loader(const RawTemplate& raw, std::shared_ptr<const LegacyFacts> facts,
           const std::string& version, Diagnostics& diagnostics)
        : raw_(raw), document_(*raw.document), facts_(std::move(facts)), diagnostics_(diagnostics) {
        context_.version = version;
        context_.legacy = facts_;
    }

    BuildBlock build();
    const InterpolateContext& context() const { return context_; }

  private:
    void read_builders(BuildBlock& build);
    ProvisionerBlock provisioner(const RawProvisioner& raw);
    PostProcessorBlock post_processor(const RawPostProcessor& raw);
    Duration duration(const json::Node* node, const char* what);
    int retries(const json::Node* node);
    std::string render(const std::string& text, const SourceRange& range);
    std::string rendered_name(const std::string& name) const;
    std::vector<std::string> rendered_names(const std::vector<std::string>& names) const;

    const RawTemplate& raw_;
    const json::Document& document_;
    std::shared_ptr<const LegacyFacts> facts_;
    Diagnostics& diagnostics_;
    InterpolateContext context_;
    /// What each builder's name, as written, is rendered to.
    std::map<std::string, std::string> names_;
};

std::optional<RawTemplate> read(const TemplateOptions& options, SourceMap& sources,
                                Diagnostics& diagnostics);
bool check_version(const json::Document& document, const std::string& version,
                   Diagnostics& diagnostics);
void describe_variables(const RawTemplate& raw, const UserValues& values, Template& result);
void warn_of_undeclared(const RawTemplate& raw, const TemplateOptions& options,
                        const UserValues& given, Diagnostics& diagnostics);
void warn_of_undefined(const RawTemplate& raw, const UserValues& values, const LegacyFacts& facts,
                       Diagnostics& diagnostics);

}  // namespace

Template load(const TemplateOptions& options, SourceMap& sources, Diagnostics& diagnostics) {
    Template result;
    result.language = TemplateLanguage::Json;
    Diagnostics found;
    const auto raw = read(options, sources, found);
    const UserValues given = given_values(options, sources, found);
    result.readable = raw && !found.has_errors();
    diagnostics.append(std::move(found));
    // Mistakes of the form do not hide those of the rest.
    if (!raw) return result;

    const auto values =
        std::make_shared<const UserValues>(render_variables(*raw, given, options, diagnostics));
    result.description = raw->description;
    describe_variables(*raw, *values, result);
    const auto facts = make_facts(options, values);
    warn_of_undeclared(*raw, options, given, diagnostics);
    if (!diagnostics.has_errors()) warn_of_undefined(*raw, *values, *facts, diagnostics);
    Loader loader(*raw, facts, options.version, diagnostics);
    if (!raw->builders.empty()) result.builds.push_back(loader.build());
    if (result.readable) result.names = std::make_shared<LegacyNames>(loader.context());
    return result;
}

void check_syntax(const TemplateOptions& options, SourceMap& sources, Diagnostics& diagnostics) {
    read(options, sources, diagnostics);
    given_values(options, sources, diagnostics);
}

namespace {

// No template at all, as the console may have it, is one without builders.
std::optional<RawTemplate> read(const TemplateOptions& options, SourceMap& sources,
                                Diagnostics& diagnostics) {
    json::DocumentPtr document = read_document(options, sources, diagnostics);
    if (!document) return std::nullopt;
    RawTemplate raw;
    if (options.path.empty() && !options.stdin_text) {
        raw.document = std::move(document);
        return raw;
    }
    if (!check_version(*document, options.version, diagnostics)) return std::nullopt;
    return read_raw_template(std::move(document), diagnostics);
}

// Before everything else: a newer template may have parts that are not known here.
bool check_version(const json::Document& document, const std::string& version,
                   Diagnostics& diagnostics) {
    const json::Property* property = document.root.find("min_packer_version");
    if (property == nullptr || property->value.text.empty()) return true;
    const SourceRange range = document.range(property->value);
    const auto wanted = Version::parse(property->value.text);
    const auto running = Version::parse(version);
    if (!wanted || !property->value.is(json::Kind::String)) {
        diagnostics.add(Diagnostic::error(
            "Invalid min_packer_version",
            fmt::format("\"{}\" is no version. Write one like \"1.9.0\".", property->value.text),
            range));
        return false;
    }
    if (running && compare(*running, *wanted) >= 0) return true;
    diagnostics.add(Diagnostic::error(
        fmt::format("This template requires Packer version {} or higher; using {}",
                    property->value.text, version),
        "kiln reads templates as this version of Packer does. Lower min_packer_version if the "
        "template works with it; nothing else of the template was read.",
        range));
    return false;
}

void describe_variables(const RawTemplate& raw, const UserValues& values, Template& result) {
    const auto shown = [](const std::string& text, bool sensitive) {
        return sensitive ? std::string("<sensitive>") : text;
    };
    for (const RawVariable& variable : raw.variables) {
        TemplateVariable& described = result.variables.emplace_back();
        described.name = variable.name;
        const auto value = values.find(variable.name);
        described.text =
            value == values.end() ? "<unknown>" : shown(value->second, variable.sensitive);
        if (variable.default_text) {
            described.default_text = shown(*variable.default_text, variable.sensitive);
        }
        described.sensitive = variable.sensitive;
        described.range = variable.range;
    }
    result.sensitive_variables = raw.sensitive;
    result.variable_values = values;
}

// Values that nothing asks for: those of -var, and those of files where that is wanted.
void warn_of_undeclared(const RawTemplate& raw, const TemplateOptions& options,
                        const UserValues& given, Diagnostics& diagnostics) {
    std::set<std::string> used;
    collect_users(raw.document->root, used);
    std::vector<std::string> declared;
    for (const RawVariable& variable : raw.variables) declared.push_back(variable.name);
    for (const auto& entry : given) {
        const std::string& name = entry.first;
        if (used.contains(name) || raw.find_variable(name) != nullptr) continue;
        const bool is_argument =
            std::any_of(options.variables.begin(), options.variables.end(),
                        [&](const auto& argument) { return argument.first == name; });
        const std::string hint = declared.size() > 1000 ? "" : did_you_mean(name, declared);
        // A file may serve several templates: only what looks like a slip is told.
        const bool is_slip = options.warn_undeclared_variables && !hint.empty();
        if (!is_argument && !is_slip) continue;
        diagnostics.add(Diagnostic::warning(
            "Undefined variable",
            fmt::format("The variable \"{}\" was set but the template neither declares nor uses "
                        "it.{}",
                        name, hint)));
    }
}

void warn_of_undefined(const RawTemplate& raw, const UserValues& values, const LegacyFacts& facts,
                       Diagnostics& diagnostics) {
    std::vector<std::string> known;
    for (const auto& [name, value] : values) known.push_back(name);
    for (const json::Property& property : raw.document->root.properties) {
        if (property.name.text == "variables" || property.name.text.starts_with('_')) continue;
        warn_of_undefined_users(*raw.document, property.value, facts, known, diagnostics);
    }
}

BuildBlock Loader::build() {
    BuildBlock build;
    build.range = raw_.builders.front().range;
    read_builders(build);
    for (const RawProvisioner& raw : raw_.provisioners) {
        build.provisioners.push_back(provisioner(raw));
    }
    if (raw_.error_cleanup) build.error_cleanup = provisioner(*raw_.error_cleanup);
    for (const auto& raw_chain : raw_.chains) {
        auto& chain = build.chains.emplace_back();
        for (const RawPostProcessor& raw : raw_chain) chain.push_back(post_processor(raw));
    }
    return build;
}

// Builds run in the order of their names.
void Loader::read_builders(BuildBlock& build) {
    std::map<std::string, const RawBuilder*> by_name;
    for (const RawBuilder& raw : raw_.builders) {
        const std::string name = render(raw.name, raw.range);
        const bool told = !names_.emplace(raw.name, name).second;
        if (told) continue;
        if (by_name.emplace(name, &raw).second) continue;
        diagnostics_.add(Diagnostic::error(
            fmt::format("builder with name '{}' already exists", name),
            fmt::format("The names of two builders come to the same text. The other one is at {}.",
                        by_name.at(name)->range.to_string()),
            raw.range));
    }
    for (const auto& [name, raw] : by_name) {
        build.sources.push_back({raw->type, name, name, raw->range,
                                 make_body(raw_.document, raw->node, is_builder_key, facts_)});
    }
}

ProvisionerBlock Loader::provisioner(const RawProvisioner& raw) {
    ProvisionerMeta meta;
    meta.only = rendered_names(raw.only);
    meta.except = rendered_names(raw.except);
    for (const json::Property* property : raw.overrides) {
        Setting::Map options;
        for (const json::Property& option : property->value.properties) {
            if (option.value.is(json::Kind::Null)) continue;
            options.insert_or_assign(option.name.text, to_setting(document_, option.value));
        }
        meta.override_by_source.insert_or_assign(rendered_name(property->name.text),
                                                 std::move(options));
    }
    meta.pause_before = duration(raw.pause_before, "pause_before");
    meta.timeout = duration(raw.timeout, "timeout");
    meta.max_retries = retries(raw.max_retries);
    return {raw.type, "", std::move(meta), raw.range,
            make_body(raw_.document, raw.node, is_provisioner_key, facts_)};
}

PostProcessorBlock Loader::post_processor(const RawPostProcessor& raw) {
    return {raw.type,
            raw.name,
            rendered_names(raw.only),
            rendered_names(raw.except),
            raw.keep_input_artifact,
            raw.range,
            make_body(raw_.document, raw.node, is_post_processor_key, facts_)};
}

// A bare number counts nanoseconds.
Duration Loader::duration(const json::Node* node, const char* what) {
    if (node == nullptr) return Duration(0);
    const SourceRange range = document_.range(*node);
    std::string text = render(weak_text(*node).value_or(""), range);
    if (text.empty()) return Duration(0);
    if (node->is(json::Kind::Number)) text = text.substr(0, text.find('.')) + "ns";
    const auto parsed = parse_duration(text);
    if (parsed && *parsed >= Duration(0)) return *parsed;
    diagnostics_.add(Diagnostic::error(
        fmt::format("Failed to parse {} duration", what),
        fmt::format("\"{}\" is no duration. Write one like \"30s\", \"5m\" or \"1h30m\".", text),
        range));
    return Duration(0);
}

int Loader::retries(const json::Node* node) {
    if (node == nullptr) return 0;
    const SourceRange range = document_.range(*node);
    const std::string text = render(weak_text(*node).value_or("?"), range);
    if (text.empty()) return 0;
    int count = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (failure == std::errc() && end == text.data() + text.size() && count >= 0) return count;
    diagnostics_.add(Diagnostic::error(
        "Failed to parse max_retries",
        fmt::format("\"{}\" is no number of retries. Write a whole number, 0 or more.", text),
        range));
    return 0;
}

std::string Loader::render(const std::string& text, const SourceRange& range) {
    try {
        return interpolate(text, context_);
    } catch (const Error& error) {
        diagnostics_.add(Diagnostic::error("Failed to render a text", error.to_string(), range));
        return text;
    }
}

std::string Loader::rendered_name(const std::string& name) const {
    const auto found = names_.find(name);
    return found == names_.end() ? name : found->second;
}

std::vector<std::string> Loader::rendered_names(const std::vector<std::string>& names) const {
    std::vector<std::string> rendered;
    for (const std::string& name : names) rendered.push_back(rendered_name(name));
    return rendered;
}

hcl::Value LegacyNames::evaluate(std::string_view text, const std::string& name,
                                 Diagnostics& diagnostics) const {
    try {
        return hcl::Value::string(interpolate(std::string(text), context_));
    } catch (const Error& error) {
        const SourceRange range{name, {}, {text.size(), 1, text.size() + 1}};
        diagnostics.add(Diagnostic::error("Interpolation error", error.to_string(), range));
        return hcl::Value::unknown_of(hcl::Type::string());
    }
}

}  // namespace
}  // namespace kiln::legacy
