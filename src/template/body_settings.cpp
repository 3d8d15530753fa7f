#include "template/body_settings.h"

#include <algorithm>

#include <fmt/format.h>

#include "hcl/eval/body.h"
#include "hcl/eval/evaluate.h"
#include "template/attribute_value.h"
#include "template/root.h"
#include "template/setting_value.h"

namespace kiln {
namespace {

bool is_block(const OptionInfo& option);
hcl::BodySchema schema_of(const SchemaInfo& schema);
void add_block(const hcl::Block& block, const OptionInfo& option, const hcl::EvalScope& scope,
               Setting::Map& settings, Diagnostics& diagnostics);

}  // namespace

Setting::Map body_settings(const hcl::Body& body, const SchemaInfo& schema,
                           const hcl::EvalScope& scope, Diagnostics& diagnostics) {
    const hcl::BodySchema allowed = schema_of(schema);
    const auto mended = without_misplaced_blocks(body, allowed, diagnostics);
    const hcl::BodyContent content = hcl::read_body(mended ? *mended : body, allowed, diagnostics);
    Setting::Map settings;
    for (const auto& [name, attribute] : content.attributes) {
        if (schema.find(name) == nullptr) continue;  // hidden
        const OptionInfo& option = *schema.find(name);
        const std::size_t errors = count_errors(diagnostics);
        const hcl::Value value =
            hcl::evaluate_attribute(attribute, type_of_option(option.type), scope, diagnostics);
        const bool failed = count_errors(diagnostics) > errors;
        if (!failed && value.is_null()) continue;
        Setting setting = failed ? Setting() : to_setting(value, attribute.expression.get());
        setting.set_range(attribute.range);
        settings.emplace(name, std::move(setting));
    }
    for (const hcl::Block& block : content.blocks) {
        add_block(block, *schema.find(block.type), scope, settings, diagnostics);
    }
    return settings;
}

bool is_hidden_option(std::string_view name) {
    const auto& names = hidden_options();
    return std::find(names.begin(), names.end(), name) != names.end();
}

const std::vector<std::string>& hidden_options() {
    static const std::vector<std::string> names = {
        "packer_build_name",     "packer_builder_type",
        "packer_core_version",   "packer_debug",
        "packer_force",          "packer_on_error",
        "packer_user_variables", "packer_sensitive_variables"};
    return names;
}

hcl::NestedBlockSchema nested_blocks(const SchemaInfo& schema) {
    hcl::NestedBlockSchema nested;
    for (const OptionInfo& option : schema.options()) {
        if (!is_block(option)) continue;
        nested.blocks.push_back({{option.name, {}}, nested_blocks(*option.block)});
    }
    return nested;
}

hcl::Type type_of_option(OptionType type) {
    using hcl::Type;
    switch (type) {
        case OptionType::String:
        case OptionType::TimeSpan:
            return Type::string();
        case OptionType::Bool:
        case OptionType::Tristate:
            return Type::boolean();
        case OptionType::Int:
            return Type::number();
        case OptionType::StringList:
            return Type::list(Type::string());
        case OptionType::StringListList:
            return Type::list(Type::list(Type::string()));
        case OptionType::IntList:
            return Type::list(Type::number());
        case OptionType::StringMap:
            return Type::map(Type::string());
        case OptionType::Block:
        case OptionType::BlockList:
            break;  // declared without the block's options: refused by its component
    }
    return Type::dynamic();
}

namespace {

bool is_block(const OptionInfo& option) {
    return option.block != nullptr &&
           (option.type == OptionType::Block || option.type == OptionType::BlockList);
}

hcl::BodySchema schema_of(const SchemaInfo& schema) {
    hcl::BodySchema body;
    for (const std::string& name : hidden_options()) {
        if (schema.find(name) == nullptr) body.attributes.push_back({name, false});
    }
    for (const OptionInfo& option : schema.options()) {
        if (is_block(option))
            body.blocks.push_back({option.name, {}});
        else
            body.attributes.push_back({option.name, option.required});
    }
    return body;
}

void add_block(const hcl::Block& block, const OptionInfo& option, const hcl::EvalScope& scope,
               Setting::Map& settings, Diagnostics& diagnostics) {
    Setting setting(body_settings(block.body, *option.block, scope, diagnostics));
    setting.set_range(block.header_range());
    if (option.type == OptionType::BlockList) {
        Setting& list = settings.try_emplace(option.name, Setting::List{}).first->second;
        if (!list.range()) list.set_range(block.header_range());
        list.as_list()->push_back(std::move(setting));
        return;
    }
    const auto [first, added] = settings.try_emplace(option.name, std::move(setting));
    if (added) return;
    diagnostics.add(
        Diagnostic::error(fmt::format("Duplicate {} block", option.name),
                          fmt::format("Only one {} block is allowed. The first one is at {}.",
                                      option.name, first->second.range()->to_string()),
                          block.header_range()));
}

}  // namespace
}  // namespace kiln
