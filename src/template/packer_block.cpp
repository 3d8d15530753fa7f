#include "template/packer_block.h"

#include <algorithm>

#include <fmt/format.h>

#include "hcl/eval/body.h"
#include "hcl/eval/evaluate.h"
#include "hcl/eval/references.h"
#include "template/attribute_value.h"
#include "template/version_constraint.h"

namespace kiln {
namespace {

void check_core_constraint(const hcl::Attribute& attribute, const Version& running,
                           const std::string& version, Diagnostics& diagnostics);
void read_requirement(const hcl::Attribute& attribute, std::vector<PluginRequirement>& requirements,
                      Diagnostics& diagnostics);
bool is_required(const std::vector<PluginRequirement>& requirements, const std::string& accessor);
std::optional<std::string> normalized_accessor(const std::string& name);
void check_plugin_version(const hcl::Value* version, const SourceRange& range,
                          Diagnostics& diagnostics);
void check_plugin_source(const hcl::Value* source, const SourceRange& range,
                         Diagnostics& diagnostics);
std::string fault_of_source(const std::string& source);

}  // namespace

bool check_required_version(const std::vector<ConfigFile>& files, const std::string& version,
                            Diagnostics& diagnostics) {
    Version running = Version::parse(version).value_or(Version{});
    running.prerelease.clear();
    const std::size_t errors = count_errors(diagnostics);
    // What is wrong with the form is told when the block itself is read.
    Diagnostics ignored;
    hcl::Body rest;
    for (const ConfigFile& file : files) {
        const auto root =
            hcl::read_body_partially(file.body, {{}, {{"packer", {}}}}, rest, ignored);
        for (const hcl::Block& block : root.blocks) {
            const auto content = hcl::read_body_partially(
                block.body, {{{"required_version", false}}, {}}, rest, ignored);
            if (const hcl::Attribute* attribute = content.find("required_version")) {
                check_core_constraint(*attribute, running, version, diagnostics);
            }
        }
    }
    return count_errors(diagnostics) == errors;
}

void read_packer_block(const hcl::Block& block, std::vector<PluginRequirement>& requirements,
                       Diagnostics& diagnostics) {
    const hcl::BodySchema schema{{{"required_version", false}}, {{"required_plugins", {}}}};
    const hcl::BodyContent content = hcl::read_body(block.body, schema, diagnostics);
    for (const hcl::Block& plugins : content.blocks) {
        for (const auto& [name, attribute] : hcl::read_attributes(plugins.body, diagnostics)) {
            read_requirement(attribute, requirements, diagnostics);
        }
    }
}

namespace {

void check_core_constraint(const hcl::Attribute& attribute, const Version& running,
                           const std::string& version, Diagnostics& diagnostics) {
    const auto value =
        attribute_value(attribute, hcl::Type::string(), hcl::EvalScope(), diagnostics);
    if (!value) return;
    const auto constraint = VersionConstraint::parse(value->as_string());
    if (!constraint) {
        diagnostics.add(Diagnostic::error(
            "Invalid version constraint",
            fmt::format("\"{}\" is no version constraint. Write conditions like \">= 1.9, < 2.0\".",
                        value->as_string()),
            attribute.expression->range, attribute.range));
        return;
    }
    if (constraint->allows(running)) return;
    diagnostics.add(Diagnostic::error(
        "Unsupported Packer Core version",
        fmt::format("This template asks for a version that satisfies \"{}\". kiln reads templates "
                    "as Packer {} does. Change the constraint if the template works with that "
                    "version; nothing else of the template was read.",
                    value->as_string(), version),
        attribute.expression->range, attribute.range));
}

void read_requirement(const hcl::Attribute& attribute, std::vector<PluginRequirement>& requirements,
                      Diagnostics& diagnostics) {
    const std::size_t errors = count_errors(diagnostics);
    const SourceRange& range = attribute.expression->range;
    const auto accessor = normalized_accessor(attribute.name);
    if (!accessor) {
        diagnostics.add(Diagnostic::error(
            "Invalid plugin local name",
            fmt::format("\"{}\" cannot name a plugin: only letters, digits and single dashes "
                        "between them may be used.",
                        attribute.name),
            attribute.name_range, attribute.range));
    } else if (is_required(requirements, *accessor)) {
        diagnostics.add(
            Diagnostic::error(fmt::format("Duplicate required_plugin.\"{}\" block", *accessor),
                              "The same plugin is required twice. Keep one of the requirements.",
                              attribute.name_range, attribute.range));
    }
    Diagnostics found;
    const hcl::Value value = hcl::evaluate(*attribute.expression, hcl::EvalScope(), found);
    const bool evaluated = !found.has_errors();
    diagnostics.append(std::move(found));
    if (!evaluated) return;
    const auto refuse = [&](const std::string& summary, const std::string& detail) {
        diagnostics.add(Diagnostic::error(summary, detail, range, attribute.range));
    };
    const std::string form =
        "Write it like { version = \"~> 1.1\", source = \"github.com/hashicorp/qemu\" }.";
    if (value.type().is(hcl::TypeKind::String)) {
        return refuse("Invalid plugin requirement",
                      fmt::format("The requirement of \"{}\" must be an object with a version and "
                                  "a source, not a string. {}",
                                  attribute.name, form));
    }
    if (value.is_null() || !value.type().is(hcl::TypeKind::Object)) {
        return refuse(
            "Invalid required_plugins object",
            fmt::format("The requirement of \"{}\" must be an object. {}", attribute.name, form));
    }
    for (const auto& [key, member] : value.entries()) {
        if (key == "version" || key == "source") continue;
        refuse("Invalid required_plugins object",
               fmt::format("A plugin requirement has a version and a source only, but here is "
                           "\"{}\". {}",
                           key, form));
    }
    check_plugin_version(value.find("version"), range, diagnostics);
    check_plugin_source(value.find("source"), range, diagnostics);
    if (count_errors(diagnostics) > errors) return;
    requirements.push_back({*accessor, value.find("source")->as_string(),
                            value.find("version")->as_string(), attribute.range});
}

bool is_required(const std::vector<PluginRequirement>& requirements, const std::string& accessor) {
    return std::any_of(requirements.begin(), requirements.end(),
                       [&](const auto& known) { return known.accessor == accessor; });
}

std::optional<std::string> normalized_accessor(const std::string& name) {
    if (name.find("--") != std::string::npos || name.find('.') != std::string::npos ||
        name.ends_with('-') || name.find('_') != std::string::npos) {
        return std::nullopt;
    }
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    return lower;
}

void check_plugin_version(const hcl::Value* version, const SourceRange& range,
                          Diagnostics& diagnostics) {
    const auto refuse = [&](const std::string& summary, const std::string& detail) {
        diagnostics.add(Diagnostic::error(summary, detail, range));
    };
    if (version == nullptr || version->is_null()) {
        return refuse("No version constraint was set",
                      "The version must be a string of version conditions, like \"~> 1.1\".");
    }
    if (!version->type().is(hcl::TypeKind::String)) {
        return refuse("Invalid version constraint", "The version must be a string.");
    }
    const auto constraint = VersionConstraint::parse(version->as_string());
    if (!constraint) {
        return refuse("Invalid version constraint",
                      fmt::format("\"{}\" is no version constraint. Write conditions like "
                                  "\">= 1.0.0, < 2.0.0\".",
                                  version->as_string()));
    }
    if (constraint->names_prerelease()) {
        refuse("Invalid version constraint",
               fmt::format("Unsupported prerelease for constraint \"{}\". Require a release.",
                           version->as_string()));
    }
}

void check_plugin_source(const hcl::Value* source, const SourceRange& range,
                         Diagnostics& diagnostics) {
    if (source == nullptr || source->is_null()) {
        diagnostics.add(Diagnostic::error(
            "No source was set",
            "The source says where the plugin comes from, like \"github.com/hashicorp/qemu\".",
            range));
        return;
    }
    if (!source->type().is(hcl::TypeKind::String)) {
        diagnostics.add(Diagnostic::error("Invalid source", "The source must be a string.", range));
        return;
    }
    const std::string fault = fault_of_source(source->as_string());
    if (fault.empty()) return;
    diagnostics.add(Diagnostic::error("Failed to parse source",
                                      fmt::format("The source \"{}\" {}. A source is written like "
                                                  "\"github.com/hashicorp/qemu\".",
                                                  source->as_string(), fault),
                                      range));
}

std::string fault_of_source(const std::string& source) {
    if (source.find("://") != std::string::npos) return "must not have a scheme";
    if (source.find_first_of("?#") != std::string::npos) {
        return "must not have a query or a fragment";
    }
    if (source.starts_with('/') || source.ends_with('/')) {
        return "must not start or end with a slash";
    }
    const auto slashes = std::count(source.begin(), source.end(), '/');
    if (slashes < 2) return "needs a host, a namespace and a name";
    if (slashes > 15) return "has too many parts";
    if (source.find("//") != std::string::npos) return "has an empty part";
    if (source.find_first_of(" \t\n\\") != std::string::npos) return "has a character too many";
    const std::string name = source.substr(source.rfind('/') + 1);
    if (name.starts_with("packer-")) return "must name the plugin without a \"packer-\" prefix";
    return {};
}

}  // namespace
}  // namespace kiln
