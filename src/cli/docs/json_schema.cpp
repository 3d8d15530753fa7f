#include "cli/docs/json_schema.h"

#include <nlohmann/json.hpp>

#include "cli/docs/components.h"
#include "cli/docs/option_text.h"

namespace kiln::docs {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t max_depth = 8;

Json object_of(Json properties);
Json one_or_several(const Json& one);
Json labelled(Json any);
Json variable_schema();
Json packer_schema();
Json build_schema();
/// Where a body stands: its name among the definitions, and how deep it is nested.
struct Place {
    std::string name;
    std::size_t depth = 0;
};
Json body_of(const SchemaInfo& schema, const Place& place, Json& definitions);
Json option_schema(const OptionInfo& option, const Place& place, Json& definitions);
void add_meta_arguments(const std::string& block, Json& properties);
Json components_by_type(const std::string& block, bool named);
Json text(const std::string& doc);
Json texts(const std::string& doc);

}  // namespace

std::string json_schema() {
    Json definitions = Json::object();
    for (const auto& component : all_documented()) {
        const std::string name = component.block + "." + component.type;
        Json body = body_of(*component.schema, {name}, definitions);
        add_meta_arguments(component.block, body["properties"]);
        body["description"] = as_sentence(component.schema->doc());
        definitions[name] = std::move(body);
    }
    const Json local = object_of(
        {{"expression", Json::object()}, {"sensitive", {{"type", {"boolean", "string"}}}}});
    Json root = object_of({{"packer", one_or_several(packer_schema())},
                           {"variable", one_or_several(labelled(variable_schema()))},
                           {"variables", one_or_several({{"type", "object"}})},
                           {"locals", one_or_several({{"type", "object"}})},
                           {"local", one_or_several(labelled(local))},
                           {"source", one_or_several(components_by_type("source", true))},
                           {"data", one_or_several(components_by_type("data", true))},
                           {"build", one_or_several(build_schema())},
                           {"hcp_packer_registry", one_or_several({{"type", "object"}})}});
    Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                   {"title", "HCL2 template in JSON syntax"}};
    schema.update(root);
    schema["$defs"] = std::move(definitions);
    return schema.dump(2) + "\n";
}

namespace {

// Keys that begin with // are comments.
Json object_of(Json properties) {
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"patternProperties", {{"^//", Json::object()}}},
            {"additionalProperties", false}};
}

Json one_or_several(const Json& one) {
    return {{"anyOf", {one, {{"type", "array"}, {"items", one}}}}};
}

// An object whose keys are the blocks' labels.
Json labelled(Json any) {
    return {{"type", "object"}, {"additionalProperties", one_or_several(any)}};
}

Json variable_schema() {
    const Json validation = object_of({{"condition", text("An expression over the variable.")},
                                       {"error_message", text("What is said when it is false.")}});
    return object_of({{"type", text("The type, as an expression: \"string\", \"list(string)\".")},
                      {"default", Json::object()},
                      {"description", text("What it is for.")},
                      {"sensitive", {{"type", {"boolean", "string"}}}},
                      {"validation", one_or_several(validation)}});
}

Json packer_schema() {
    const Json plugin = object_of({{"version", text("A constraint: \"~> 1.1\".")},
                                   {"source", text("Its address: github.com/hashicorp/qemu.")}});
    const Json plugins = {{"type", "object"}, {"additionalProperties", plugin}};
    return object_of({{"required_version", text("Versions of Packer that the template is for.")},
                      {"required_plugins", one_or_several(plugins)}});
}

Json build_schema() {
    const Json chain = object_of(
        {{"post-processor", one_or_several(components_by_type("post-processor", false))}});
    const Json source = {{"type", "object"}};
    return object_of(
        {{"name", text("Stands before the names of its builds.")},
         {"description", text("What it builds.")},
         {"sources", texts("The sources to build: \"source.qemu.debian\".")},
         {"source", one_or_several(labelled(source))},
         {"provisioner", one_or_several(components_by_type("provisioner", false))},
         {"error-cleanup-provisioner", components_by_type("provisioner", false)},
         {"post-processor", one_or_several(components_by_type("post-processor", false))},
         {"post-processors", one_or_several(chain)},
         {"dynamic", {{"type", {"object", "array"}}}},
         {"hcp_packer_registry", one_or_several({{"type", "object"}})}});
}

// Of components that kiln does not have nothing is known, but a template may hold them.
Json components_by_type(const std::string& block, bool named) {
    Json properties = Json::object();
    for (const auto& component : all_documented()) {
        if (component.block != block) continue;
        const Json body = {{"$ref", "#/$defs/" + block + "." + component.type}};
        properties[component.type] = one_or_several(named ? labelled(body) : body);
    }
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"additionalProperties", {{"type", {"object", "array"}}}}};
}

Json body_of(const SchemaInfo& schema, const Place& place, Json& definitions) {
    Json properties = Json::object();
    for (const auto& option : schema.options()) {
        if (option.hidden) continue;
        properties[option.name] = option_schema(option, place, definitions);
    }
    properties["dynamic"] = {{"type", {"object", "array"}}};
    Json body = object_of(std::move(properties));
    // An option that must be given may stand in the build's own source block, so that none is
    // required here.
    if (place.depth > 0) {
        Json required = Json::array();
        for (const auto& option : schema.options()) {
            if (option.required && !option.hidden) required.push_back(option.name);
        }
        if (!required.empty()) body["required"] = std::move(required);
    }
    return body;
}

Json option_schema(const OptionInfo& option, const Place& place, Json& definitions) {
    Json schema;
    switch (option.type) {
        case OptionType::String:
        case OptionType::TimeSpan:
            schema = {{"type", {"string", "number", "boolean"}}};
            if (!option.choices.empty()) {
                schema = {
                    {"anyOf",
                     {{{"enum", option.choices}}, {{"type", "string"}, {"pattern", "[$%]"}}}}};
            }
            break;
        case OptionType::Bool:
        case OptionType::Tristate:
            schema = {{"type", {"boolean", "string"}}};
            break;
        case OptionType::Int:
            schema = {{"type", {"integer", "string"}}};
            break;
        case OptionType::StringList:
        case OptionType::IntList:
        case OptionType::StringListList:
            schema = {{"type", {"array", "string"}}};
            break;
        case OptionType::StringMap:
            schema = {{"type", {"object", "string"}}};
            break;
        case OptionType::Block:
        case OptionType::BlockList:
            schema = {{"type", {"object", "array"}}};
            if (option.block != nullptr && place.depth < max_depth) {
                const Place nested{place.name + "." + option.name, place.depth + 1};
                definitions[nested.name] = body_of(*option.block, nested, definitions);
                schema = one_or_several({{"$ref", "#/$defs/" + nested.name}});
            }
            break;
    }
    const std::string doc = describe_option(option, true);
    if (!doc.empty()) schema["description"] = doc;
    if (!option.deprecated.empty()) schema["deprecated"] = true;
    return schema;
}

void add_meta_arguments(const std::string& block, Json& properties) {
    if (block != "provisioner" && block != "post-processor") return;
    properties["name"] = text("Its name in messages.");
    properties["only"] = texts("Only for these sources: \"qemu.debian\".");
    properties["except"] = texts("Not for these sources.");
    if (block == "post-processor") {
        properties["keep_input_artifact"] = {{"type", {"boolean", "string"}},
                                             {"description", "Whether its input stays."}};
        return;
    }
    properties["override"] = {{"type", {"object", "string"}},
                              {"description", "Other options by the source's name."}};
    properties["pause_before"] = text("How long to wait before.");
    properties["timeout"] = text("How long each try may take.");
    properties["max_retries"] = {{"type", {"integer", "string"}},
                                 {"description", "How often to try again."}};
    properties["continue_on_error"] = {
        {"type", {"boolean", "string"}},
        {"description", "Whether the build goes on after it failed."}};
}

Json text(const std::string& doc) {
    return {{"type", "string"}, {"description", doc}};
}

Json texts(const std::string& doc) {
    return {{"type", {"array", "string"}}, {"description", doc}};
}

}  // namespace
}  // namespace kiln::docs
