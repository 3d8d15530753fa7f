#include "cli/command/command.h"
#include "cli/output.h"
#include "cli/plugin_check.h"
#include "cli/template_arguments.h"

namespace kiln {
namespace {

class InitCommand : public Command {
  public:
    void declare(FlagSet& flags) override {
        template_.declare(flags);
        flags.add_switch("upgrade", &upgrade_,
                         "Take the newest components: always those that are built in");
        flags.add_switch("force", &force_, "Install again: nothing is installed, nothing is done");
    }
    int run(CommandContext& context) override;

  private:
    int check(const TemplateOptions& options, const CommandContext& context, Output& output) const;

    TemplateArguments template_;
    bool upgrade_ = false;
    bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> make_init_command() {
    return std::make_unique<InitCommand>();
}

namespace {

int InitCommand::run(CommandContext& context) {
    Output output({context.machine_readable}, context.streams);
    Diagnostics diagnostics;
    const TemplateOptions options =
        template_.to_options(context.streams, context.cancel, diagnostics);
    if (diagnostics.has_errors()) {
        output.show(diagnostics, {});
        return 1;
    }
    if (template_language(options) == TemplateLanguage::Json) {
        output.error(
            "Error: Packer plugins currently only works with HCL2 configuration templates\n\n"
            "A JSON template names no plugins, and kiln has its components built in: build it as "
            "it is,\nor make an HCL2 template of it with `kiln hcl2_upgrade`.\n");
        return 1;
    }
    return check(options, context, output);
}

int InitCommand::check(const TemplateOptions& options, const CommandContext& context,
                       Output& output) const {
    SourceMap sources;
    Diagnostics diagnostics;
    const auto requirements = read_plugin_requirements(options, sources, diagnostics);
    output.show(diagnostics, sources);
    if (diagnostics.has_errors()) return 1;
    if (requirements.empty()) {
        output.say(
            "No plugins requirement found. A template names its plugins in packer.required_plugins;"
            "\nkiln has its components built in and needs no such block.");
        return 0;
    }
    // Which components the builds use; what is wrong with them is told by validate.
    Diagnostics ignored;
    const auto used = used_components(load_template(options, sources, ignored, context.cancel));
    bool satisfied = true;
    for (const auto& requirement : requirements) {
        const PluginVerdict verdict = judge_plugin(requirement.accessor, used);
        const std::string source = fmt::format("{} {}", requirement.source, requirement.constraint);
        if (verdict.satisfied()) {
            output.say(satisfied_notice(source, verdict));
            continue;
        }
        satisfied = false;
        output.error(refusal(requirement.source, verdict.missing));
    }
    if (!satisfied && (upgrade_ || force_)) {
        output.error(
            "-upgrade and -force fetch nothing: kiln has no other components than its own.");
    }
    // A plugin that is missing does not stand in the way of builds that do not need it.
    return satisfied || has_known_source(used) ? 0 : 1;
}

}  // namespace
}  // namespace kiln
