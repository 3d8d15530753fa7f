#include "template/meta_arguments.h"

#include <limits>

#include <fmt/format.h>

#include "hcl/eval/evaluate.h"
#include "template/attribute_value.h"
#include "template/setting_value.h"

namespace kiln {
namespace {

Duration duration_attribute(const hcl::BodyContent& content, const std::string& name,
                            const hcl::EvalScope& scope, Diagnostics& diagnostics);
int count_attribute(const hcl::BodyContent& content, const std::string& name,
                    const hcl::EvalScope& scope, Diagnostics& diagnostics);
std::map<std::string, Setting::Map> override_attribute(const hcl::BodyContent& content,
                                                       const hcl::EvalScope& scope,
                                                       Diagnostics& diagnostics);
void check_only_except(const hcl::BodyContent& content, const std::vector<std::string>& only,
                       const std::vector<std::string>& except, Diagnostics& diagnostics);

}  // namespace

ProvisionerMeta read_provisioner_meta(const hcl::Body& body, const hcl::EvalScope& scope,
                                      std::string& name, hcl::Body& remainder,
                                      Diagnostics& diagnostics) {
    const hcl::BodySchema schema{{{"name", false},
                                  {"only", false},
                                  {"except", false},
                                  {"override", false},
                                  {"pause_before", false},
                                  {"timeout", false},
                                  {"max_retries", false},
                                  {"continue_on_error", false}},
                                 {}};
    const hcl::BodyContent content = hcl::read_body_partially(body, schema, remainder, diagnostics);
    name = string_attribute(content, "name", scope, diagnostics).value_or("");
    ProvisionerMeta meta;
    meta.only = strings_attribute(content, "only", scope, diagnostics);
    meta.except = strings_attribute(content, "except", scope, diagnostics);
    check_only_except(content, meta.only, meta.except, diagnostics);
    meta.override_by_source = override_attribute(content, scope, diagnostics);
    meta.pause_before = duration_attribute(content, "pause_before", scope, diagnostics);
    meta.timeout = duration_attribute(content, "timeout", scope, diagnostics);
    meta.max_retries = count_attribute(content, "max_retries", scope, diagnostics);
    meta.continue_on_error =
        bool_attribute(content, "continue_on_error", scope, diagnostics).value_or(false);
    return meta;
}

void read_post_processor_meta(const hcl::Body& body, const hcl::EvalScope& scope,
                              PostProcessorBlock& block, hcl::Body& remainder,
                              Diagnostics& diagnostics) {
    const hcl::BodySchema schema{
        {{"name", false}, {"only", false}, {"except", false}, {"keep_input_artifact", false}}, {}};
    const hcl::BodyContent content = hcl::read_body_partially(body, schema, remainder, diagnostics);
    block.name = string_attribute(content, "name", scope, diagnostics).value_or("");
    block.only = strings_attribute(content, "only", scope, diagnostics);
    block.except = strings_attribute(content, "except", scope, diagnostics);
    check_only_except(content, block.only, block.except, diagnostics);
    block.keep_input_artifact = bool_attribute(content, "keep_input_artifact", scope, diagnostics);
}

namespace {

Duration duration_attribute(const hcl::BodyContent& content, const std::string& name,
                            const hcl::EvalScope& scope, Diagnostics& diagnostics) {
    const auto text = string_attribute(content, name, scope, diagnostics);
    if (!text || text->empty()) return Duration(0);
    const auto duration = parse_duration(*text);
    if (duration && *duration >= Duration(0)) return *duration;
    const hcl::Attribute& attribute = *content.find(name);
    diagnostics.add(Diagnostic::error(
        fmt::format("Failed to parse {} duration", name),
        fmt::format("\"{}\" is no duration. Write one like \"30s\", \"5m\" or \"1h30m\".", *text),
        attribute.expression->range, attribute.range));
    return Duration(0);
}

int count_attribute(const hcl::BodyContent& content, const std::string& name,
                    const hcl::EvalScope& scope, Diagnostics& diagnostics) {
    const hcl::Attribute* attribute = content.find(name);
    if (attribute == nullptr) return 0;
    const auto value = attribute_value(*attribute, hcl::Type::number(), scope, diagnostics);
    if (!value) return 0;
    const auto count = value->as_number().to_int64();
    if (count && *count >= 0 && *count <= std::numeric_limits<int>::max()) {
        return static_cast<int>(*count);
    }
    diagnostics.add(Diagnostic::error(
        "Unsuitable value type", fmt::format("\"{}\" must be a whole number, 0 or more.", name),
        attribute->expression->range, attribute->range));
    return 0;
}

std::map<std::string, Setting::Map> override_attribute(const hcl::BodyContent& content,
                                                       const hcl::EvalScope& scope,
                                                       Diagnostics& diagnostics) {
    const hcl::Attribute* attribute = content.find("override");
    if (attribute == nullptr) return {};
    const auto value = attribute_value(*attribute, hcl::Type::dynamic(), scope, diagnostics);
    if (!value) return {};
    std::map<std::string, Setting::Map> by_source;
    const Setting setting = to_setting(*value, attribute->expression.get());
    const auto refuse = [&] {
        diagnostics.add(Diagnostic::error(
            "provisioner's override block must be an HCL object",
            "Write one object for each source, under the source's name: override = { NAME = { "
            "option = value } }.",
            attribute->expression->range, attribute->range));
        return std::map<std::string, Setting::Map>();
    };
    if (setting.as_map() == nullptr) return refuse();
    for (const auto& [source, options] : *setting.as_map()) {
        if (options.as_map() == nullptr) return refuse();
        Setting::Map set;
        for (const auto& [name, option] : *options.as_map()) {
            if (!option.is_null()) set.emplace(name, option);
        }
        by_source.emplace(source, std::move(set));
    }
    return by_source;
}

void check_only_except(const hcl::BodyContent& content, const std::vector<std::string>& only,
                       const std::vector<std::string>& except, Diagnostics& diagnostics) {
    if (only.empty() || except.empty()) return;
    diagnostics.add(Diagnostic::error(
        "only one of 'only' or 'except' may be specified",
        "\"only\" names the sources to run for, \"except\" those to leave out: keep one of them.",
        content.find("except")->range));
}

}  // namespace
}  // namespace kiln
