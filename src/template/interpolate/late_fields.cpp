#include "template/interpolate/late_fields.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/suggest.h"
#include "template/interpolate/parser.h"

namespace kiln::interpolation {
namespace {

// Fields that components give to the texts they render themselves (spec/template.md, section 9).
constexpr const char* kComponentFields[] = {"Architecture",
                                            "Args",
                                            "ArtifactId",
                                            "BuildName",
                                            "BuilderType",
                                            "ChecksumType",
                                            "Command",
                                            "ConfigPath",
                                            "CreateTime",
                                            "EnvVarFile",
                                            "Flavor",
                                            "HTTPContent",
                                            "HTTPDir",
                                            "HTTPIP",
                                            "HTTPPort",
                                            "HostAlias",
                                            "JsonPath",
                                            "Key",
                                            "Name",
                                            "Output",
                                            "OutputDir",
                                            "Path",
                                            "Provider",
                                            "SSHHostPort",
                                            "SSHPublicKey",
                                            "ScanPath",
                                            "Script",
                                            "Sudo",
                                            "Vars",
                                            "Version",
                                            "WorkingDir",
                                            "User",
                                            "Password",
                                            "Host",
                                            "Port",
                                            "FacterVars",
                                            "ModulePath",
                                            "ManifestFile",
                                            "ManifestDir",
                                            "ExtraArguments",
                                            "HieraConfigPath",
                                            "Debug",
                                            "PuppetBinDir",
                                            "Options",
                                            "NodeName",
                                            "ServerUrl",
                                            "ChefEnvironment",
                                            "InstallDir",
                                            "KnifeCommand",
                                            "Gui",
                                            "HTTPInterface",
                                            "MacAddress",
                                            "DiskName",
                                            "VMName"};

/// Collects the fields of the root: a text inside of `range` or `with` has another one.
class Collector {
  public:
    void visit(const std::vector<Node>& nodes, bool at_root) {
        for (const Node& node : nodes) {
            visit(node.pipeline, at_root);
            const bool changes = node.kind == Node::Kind::Range || node.kind == Node::Kind::With;
            visit(node.body, at_root && !changes);
            visit(node.otherwise, at_root);
        }
    }
    const std::vector<std::string>& fields() const { return fields_; }

  private:
    void visit(const Pipeline& pipeline, bool at_root) {
        for (const Command& command : pipeline.commands) {
            for (const Operand& operand : command.operands) {
                const bool is_field =
                    operand.kind == Operand::Kind::Dot && !operand.fields.empty() && at_root;
                if (is_field) fields_.push_back(operand.fields.front());
                if (operand.inner != nullptr) visit(*operand.inner, at_root);
            }
        }
    }

    std::vector<std::string> fields_;
};

}  // namespace

std::string misspelt_field(const std::string& text, const InterpolateContext& context) {
    if (text.find("{{") == std::string::npos) return {};
    Collector collector;
    try {
        collector.visit(parse(text), true);
    } catch (const Error&) {
        return {};  // told by the component, which reads the text at preparation
    }
    if (collector.fields().empty()) return {};
    std::vector<std::string> known;
    for (const char* field : kComponentFields) known.push_back(fmt::format(".{}", field));
    for (const auto& [name, value] : context.fields) known.push_back("." + name);
    for (const auto& [name, value] : context.build_values) known.push_back("." + name);
    for (const std::string& field : collector.fields()) {
        const std::string name = "." + field;
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        const std::string hint = did_you_mean(name, known);
        if (!hint.empty()) return fmt::format("has no field {}.{}", name, hint);
    }
    return {};
}

}  // namespace kiln::interpolation
