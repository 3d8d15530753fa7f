#include <algorithm>

#include "cli/command/command.h"
#include "cli/output.h"
#include "cli/template_arguments.h"
#include "cli/template_report.h"

namespace kiln {
namespace {

class InspectCommand : public Command {
  public:
    void declare(FlagSet& flags) override { template_.declare(flags); }
    int run(CommandContext& context) override;

  private:
    TemplateArguments template_;
};

void report_json_template(const Template& tmpl, Output& output);
void report_variables(const Template& tmpl, Output& output);
void report_components(const Template& tmpl, Output& output);

}  // namespace

std::unique_ptr<Command> make_inspect_command() {
    return std::make_unique<InspectCommand>();
}

namespace {

int InspectCommand::run(CommandContext& context) {
    Output output({context.machine_readable}, context.streams);
    SourceMap sources;
    Diagnostics diagnostics;
    TemplateOptions options = template_.to_options(context.streams, context.cancel, diagnostics);
    allow_data_sources(options, context.cancel);
    Template tmpl;
    if (!diagnostics.has_errors()) {
        tmpl = load_template(options, sources, diagnostics, context.cancel);
    }
    // What cannot be evaluated is shown as unknown; `validate` tells why.
    if (!tmpl.readable) {
        output.show(diagnostics, sources);
        return 1;
    }
    if (tmpl.language == TemplateLanguage::Json) {
        report_json_template(tmpl, output);
        return 0;
    }
    for (const auto& message : describe_hcl_template(tmpl)) output.say(message);
    return 0;
}

void report_json_template(const Template& tmpl, Output& output) {
    output.say("Kiln Inspect: JSON mode");
    if (!tmpl.description.empty()) {
        output.say("Description:\n");
        output.say(tmpl.description + "\n");
    }
    report_variables(tmpl, output);
    report_components(tmpl, output);
    output.say(
        "\nNote: If your build names contain user variables or template\n"
        "functions such as 'timestamp', these are processed at build time,\n"
        "and therefore only show in their raw form here.");
}

void report_variables(const Template& tmpl, Output& output) {
    if (tmpl.variables.empty()) {
        output.say("Variables:\n");
        output.say("  <No variables>\n");
        return;
    }
    std::size_t width = 0;
    std::size_t required = 0;
    for (const auto& variable : tmpl.variables) {
        if (variable.required())
            ++required;
        else
            width = std::max(width, variable.name.size());
    }
    if (required > 0) {
        output.say("Required variables:\n");
        for (const auto& variable : tmpl.variables) {
            if (!variable.required()) continue;
            output.machine("template-variable", {variable.name, "", "1"});
            output.say("  " + variable.name);
        }
        output.say("");
    }
    if (required == tmpl.variables.size()) return;
    output.say("Optional variables and their defaults:\n");
    for (const auto& variable : tmpl.variables) {
        if (variable.required()) continue;
        output.machine("template-variable", {variable.name, *variable.default_text, "0"});
        output.say(fmt::format("  {:<{}} = {}", variable.name, width, *variable.default_text));
    }
    output.say("");
}

void report_components(const Template& tmpl, Output& output) {
    std::vector<std::pair<std::string, std::string>> builders;
    std::vector<std::string> provisioners;
    for (const auto& build : tmpl.builds) {
        for (const auto& source : build.sources) {
            builders.emplace_back(source.local_name, source.type);
        }
        for (const auto& item : build.provisioners) provisioners.push_back(item.type);
    }
    std::sort(builders.begin(), builders.end());
    std::size_t width = 0;
    for (const auto& [name, type] : builders) width = std::max(width, name.size());

    output.say("Builders:\n");
    if (builders.empty()) output.say("  <No builders>");
    for (const auto& [name, type] : builders) {
        output.machine("template-builder", {name, type});
        output.say(name == type ? "  " + name : fmt::format("  {:<{}} ({})", name, width, type));
    }
    output.say("");
    output.say("Provisioners:\n");
    if (provisioners.empty()) output.say("  <No provisioners>");
    for (const auto& type : provisioners) {
        output.machine("template-provisioner", {type});
        output.say("  " + type);
    }
}

}  // namespace
}  // namespace kiln
