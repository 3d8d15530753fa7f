#include "template/scope.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "hcl/eval/references.h"
#include "hcl/function/standard.h"
#include "template/interpolate.h"
#include "template/setting_value.h"

namespace kiln {
namespace {

hcl::Value empty_unknown_object();

}  // namespace

TemplateScope::TemplateScope(const std::string& root_directory, const std::string& version,
                             hcl::SecretSources secrets) {
    hcl::FunctionContext functions;
    functions.base_dir = root_directory;
    functions.process_start = process_start_time();
    functions.secrets = std::move(secrets);
    functions_ = std::make_shared<const hcl::FunctionTable>(hcl::standard_functions(functions));
    names_.set_functions(functions_);

    std::string current = std::filesystem::current_path().string();
    std::replace(current.begin(), current.end(), '\\', '/');
    names_.set("path", hcl::Value::object({{"cwd", hcl::Value::string(current)},
                                           {"root", hcl::Value::string(root_directory)}}));
    const hcl::Value not_known = hcl::Value::unknown_of(hcl::Type::string());
    names_.set("packer", hcl::Value::object({{"version", hcl::Value::string(version)},
                                             {"iterationID", not_known},
                                             {"versionFingerprint", not_known}}));
    set_variables({});
    set_locals({});
    set_data({});
}

void TemplateScope::set_variables(hcl::Value::Entries variables) {
    names_.set("var", hcl::Value::object(std::move(variables)));
}

void TemplateScope::set_locals(hcl::Value::Entries locals) {
    names_.set("local", hcl::Value::object(std::move(locals)));
}

void TemplateScope::set_data(const std::map<std::string, hcl::Value::Entries>& data) {
    hcl::Value::Entries types;
    for (const auto& [type, instances] : data) types.emplace(type, hcl::Value::object(instances));
    names_.set("data", hcl::Value::object(std::move(types)));
}

void TemplateScope::report_unavailable(const hcl::Body& body, Diagnostics& diagnostics) const {
    if (unavailable_.empty()) return;
    std::set<std::string> told;
    for (const hcl::Traversal& reference : hcl::references(body)) {
        std::string label = reference.root;
        const std::size_t steps = reference.root == "data" ? 2 : 1;
        for (std::size_t i = 0; i < steps && i < reference.steps.size(); ++i) {
            if (reference.steps[i].is_attribute()) label += "." + reference.steps[i].name();
        }
        const auto found = unavailable_.find(label);
        if (found == unavailable_.end() || !told.insert(found->second).second) continue;
        diagnostics.add(Diagnostic::error(
            fmt::format("No value for {}", found->second),
            fmt::format("{} is needed here, and kiln does not have this data source. Take the "
                        "value from a variable instead, or leave this build out.",
                        found->second),
            reference.range()));
    }
}

hcl::EvalScope TemplateScope::without_data() const {
    hcl::EvalScope scope(functions_);
    for (const char* name : {"path", "packer", "var", "local"}) scope.set(name, *names_.find(name));
    return scope;
}

hcl::EvalScope TemplateScope::outside_sources(const std::string* build_name) const {
    hcl::EvalScope scope(&names_);
    const hcl::Value not_known = hcl::Value::unknown_of(hcl::Type::string());
    scope.set("source", hcl::Value::object({{"type", not_known}, {"name", not_known}}));
    scope.set("build", build_name == nullptr
                           ? empty_unknown_object()
                           : hcl::Value::object({{"name", hcl::Value::string(*build_name)}}));
    return scope;
}

hcl::EvalScope TemplateScope::inside_source(const BodyContext& context,
                                            bool with_build_values) const {
    hcl::EvalScope scope(&names_);
    scope.set("source", hcl::Value::object({{"type", hcl::Value::string(context.source_type)},
                                            {"name", hcl::Value::string(context.source_name)}}));
    if (!with_build_values) {
        scope.set("build", empty_unknown_object());
        return scope;
    }
    hcl::Value::Entries values;
    for (const auto& [name, value] : context.build.values) values.emplace(name, to_value(value));
    values.insert_or_assign("name", hcl::Value::string(context.build.build_name));
    scope.set("build", hcl::Value::object(std::move(values)));
    return scope;
}

namespace {

// Any attribute of it is "Unsupported attribute".
hcl::Value empty_unknown_object() {
    return hcl::Value::unknown_of(hcl::Type::object({}));
}

}  // namespace
}  // namespace kiln
