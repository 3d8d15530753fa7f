#include <filesystem>

#include "cli/arguments.h"
#include "cli/command/command.h"
#include "cli/docs/components.h"
#include "cli/output.h"
#include "cli/plugin_check.h"
#include "cli/template_arguments.h"
#include "cli/version.h"
#include "template/version_constraint.h"

namespace kiln {
namespace {

/// `plugins` alone says what it has.
class PluginsCommand : public Command {
  public:
    void declare(FlagSet& flags) override { flags.take_everything(&ignored_); }
    int run(CommandContext& context) override;

  private:
    std::vector<std::string> ignored_;
};

class InstalledCommand : public Command {
  public:
    void declare(FlagSet&) override {}
    int run(CommandContext& context) override;
};

class InstallCommand : public Command {
  public:
    void declare(FlagSet& flags) override {
        flags.add_file("path", &path_, "A plugin's binary; kiln runs none and says so");
        flags.add_switch("force", &force_, "Install again: nothing is installed, nothing is done");
        flags.add_positional("SOURCE", &source_, ValueKind::Text,
                             "The plugin: github.com/hashicorp/qemu");
        flags.add_optional_positional("CONSTRAINT", &constraint_, ValueKind::Text,
                                      "The versions that will do: \"~> 1.1\"");
    }
    int run(CommandContext& context) override;

  private:
    std::string path_;
    bool force_ = false;
    std::string source_;
    std::string constraint_;
};

class RemoveCommand : public Command {
  public:
    void declare(FlagSet& flags) override {
        flags.add_positional("SOURCE", &source_, ValueKind::Text,
                             "The plugin, or the absolute path of its binary");
        flags.add_optional_positional("CONSTRAINT", &constraint_, ValueKind::Text,
                                      "The versions to remove");
    }
    int run(CommandContext& context) override;

  private:
    std::string source_;
    std::string constraint_;
};

class RequiredCommand : public Command {
  public:
    void declare(FlagSet& flags) override { template_.declare(flags); }
    int run(CommandContext& context) override;

  private:
    TemplateArguments template_;
};

void check_constraint(const std::string& text);

}  // namespace

std::unique_ptr<Command> make_plugins_command() {
    return std::make_unique<PluginsCommand>();
}

std::unique_ptr<Command> make_plugins_install_command() {
    return std::make_unique<InstallCommand>();
}

std::unique_ptr<Command> make_plugins_installed_command() {
    return std::make_unique<InstalledCommand>();
}

std::unique_ptr<Command> make_plugins_remove_command() {
    return std::make_unique<RemoveCommand>();
}

std::unique_ptr<Command> make_plugins_required_command() {
    return std::make_unique<RequiredCommand>();
}

namespace {

int PluginsCommand::run(CommandContext& context) {
    std::string out =
        "Usage: kiln plugins <subcommand> [<args>]\n\n"
        "kiln has its components built in: it fetches, installs and runs no plugins.\n\n"
        "Subcommands:\n";
    constexpr std::string_view prefix = "plugins ";
    for (const auto& entry : commands()) {
        if (entry.hidden || !entry.name.starts_with(prefix)) continue;
        out += fmt::format("    {:<12}{}\n", entry.name.substr(prefix.size()), entry.synopsis);
    }
    context.streams.out(out);
    return asks_for_help(ignored_) ? 0 : 1;
}

int InstalledCommand::run(CommandContext& context) {
    Output output({context.machine_readable}, context.streams);
    for (const auto& component : docs::all_documented()) {
        output.say(fmt::format("{} {} (built into kiln v{})", component.kind(), component.type,
                               kiln_version));
    }
    return 0;
}

int InstallCommand::run(CommandContext& context) {
    Output output({context.machine_readable}, context.streams);
    if (!path_.empty() && !constraint_.empty()) {
        throw Error("-path and a version constraint exclude each other")
            .with_hint("A binary has one version: leave the constraint out.");
    }
    if (!constraint_.empty()) check_constraint(constraint_);
    const PluginVerdict verdict = judge_plugin_source(source_);
    if (!path_.empty()) {
        throw Error(fmt::format("{} cannot be installed", path_))
            .because("kiln runs no plugin binaries")
            .with_hint("`kiln plugins installed` lists what is built in.");
    }
    if (verdict.satisfied()) {
        output.say(satisfied_notice(source_, verdict));
        return 0;
    }
    throw Error(fmt::format("the plugin {} cannot be installed", source_))
        .because("it is not built into kiln, and kiln fetches no plugins")
        .with_hint("`kiln plugins installed` lists what is built in.");
}

int RemoveCommand::run(CommandContext&) {
    if (!constraint_.empty()) check_constraint(constraint_);
    if (std::filesystem::path(source_).is_absolute()) {
        throw Error(fmt::format("{} is no plugin of kiln's, and stays where it is", source_))
            .with_hint(
                "kiln installs no plugin binaries. Remove the file yourself if you want to.");
    }
    const PluginVerdict verdict = judge_plugin_source(source_);
    throw Error(fmt::format("no plugin {} is installed", source_))
        .with_hint(verdict.satisfied() ? "Its components are built into kiln and stay."
                                       : "`kiln plugins installed` lists what is built in.");
}

int RequiredCommand::run(CommandContext& context) {
    Output output({context.machine_readable}, context.streams);
    SourceMap sources;
    Diagnostics diagnostics;
    const TemplateOptions options =
        template_.to_options(context.streams, context.cancel, diagnostics);
    std::vector<PluginRequirement> requirements;
    if (!diagnostics.has_errors()) {
        if (template_language(options) == TemplateLanguage::Json) {
            throw Error("Packer plugins currently only works with HCL2 configuration templates")
                .with_hint("A JSON template names no plugins; kiln has its components built in.");
        }
        requirements = read_plugin_requirements(options, sources, diagnostics);
    }
    output.show(diagnostics, sources);
    if (diagnostics.has_errors()) return 1;
    for (const auto& requirement : requirements) {
        const bool built_in = judge_plugin(requirement.accessor, {}).satisfied();
        output.say(fmt::format("{} {} \"{}\" [{}]", requirement.accessor, requirement.source,
                               requirement.constraint, built_in ? "built in" : ""));
    }
    return 0;
}

void check_constraint(const std::string& text) {
    const auto constraint = VersionConstraint::parse(text);
    if (!constraint) {
        throw Error(fmt::format("\"{}\" is no version constraint", text))
            .with_hint("Write it like \"~> 1.1\" or \">= 1.0.4, < 2\".");
    }
    if (constraint->names_prerelease()) {
        throw Error(fmt::format("Unsupported prerelease for constraint \"{}\"", text))
            .with_hint("Name releases only.");
    }
}

}  // namespace
}  // namespace kiln
