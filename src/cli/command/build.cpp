#include <cstdlib>

#include "base/port.h"
#include "base/uuid.h"
#include "cli/command/command.h"
#include "cli/directories.h"
#include "cli/load_plan.h"
#include "cli/output.h"
#include "cli/terminal_prompter.h"
#include "cli/version.h"
#include "download/cache.h"
#include "engine/readiness.h"
#include "engine/runner.h"

namespace kiln {
namespace {

struct BuildArguments {
    TemplateArguments tmpl;
    OutputOptions output{.live = true};
    bool force = false;
    bool debug = false;
    bool warn_undeclared = false;
    bool skip_enforcement = false;
    bool machine_readable_spelt_long = false;
    int parallel_builds = 0;
    std::string on_error = "cleanup";
};

class BuildCommand : public Command {
  public:
    void declare(FlagSet& flags) override;
    int run(CommandContext& context) override;

  private:
    BuildArguments arguments_;
};

OnError on_error_from(const std::string& word);
int build(const BuildArguments& arguments, CommandContext& context, Output& output);
RunResult run(LoadedPlan& loaded, const BuildArguments& arguments,
              const std::filesystem::path& state, const CommandContext& context, Output& output);
Diagnostic no_builds();
RunSettings make_settings(const BuildArguments& arguments, const std::filesystem::path& state);
void report_recovery(const std::filesystem::path& state, Output& output);

}  // namespace

std::unique_ptr<Command> make_build_command() {
    return std::make_unique<BuildCommand>();
}

namespace {

void BuildCommand::declare(FlagSet& flags) {
    arguments_.tmpl.declare(flags);
    arguments_.tmpl.declare_evaluation(flags);
    flags.add_switch("color", &arguments_.output.color, "Colour the output (-color=false: no)");
    flags.add_switch("debug", &arguments_.debug, "One build at a time, pausing after each step");
    flags.add_switch("force", &arguments_.force, "Replace what earlier builds left");
    flags.add_switch("timestamp-ui", &arguments_.output.timestamps,
                     "Put the time before each message");
    flags.add_number("parallel-builds", &arguments_.parallel_builds, "n",
                     "How many builds may run side by side (0: all)");
    flags.add_choice("on-error", &arguments_.on_error,
                     {"cleanup", "abort", "ask", "run-cleanup-provisioner"},
                     "What to do when a build fails (default cleanup)");
    flags.add_switch("warn-on-undeclared-var", &arguments_.warn_undeclared,
                     "Warn of undeclared variables in variable files");
    flags.add_switch("skip-enforcement", &arguments_.skip_enforcement,
                     "Leave out provisioners that an HCP registry enforces (kiln has none)");
    // With one dash it is taken before; with two it is accepted and does nothing, as the peer's.
    flags.add_switch("machine-readable", &arguments_.machine_readable_spelt_long,
                     "Print lines for programs (spelt with one dash)");
}

int BuildCommand::run(CommandContext& context) {
    arguments_.output.machine_readable = context.machine_readable;
    Output output(arguments_.output, context.streams);
    context.signals.report_to(&output.sink());
    int exit_code = 1;
    try {
        exit_code = build(arguments_, context, output);
    } catch (const std::exception& error) {
        output.error(describe(error));
    }
    context.signals.report_to(nullptr);
    return exit_code;
}

int build(const BuildArguments& arguments, CommandContext& context, Output& output) {
    const auto state = state_directory();
    report_recovery(state, output);

    if (arguments.skip_enforcement) {
        output.say("Skipping HCP Packer enforced provisioners (--skip-enforcement flag set)");
    }
    SourceMap sources;
    const LoadOptions options{arguments.warn_undeclared, arguments.force, arguments.debug, true};
    LoadedPlan loaded =
        load_plan(arguments.tmpl, options, context.streams, sources, context.cancel);
    refuse_unready(loaded.builds, loaded.diagnostics);
    if (loaded.builds.empty() && !loaded.diagnostics.has_errors()) {
        loaded.diagnostics.add(no_builds());
    }
    output.show(loaded.diagnostics, sources);
    if (!loaded.template_valid || loaded.builds.empty()) return 1;
    if (arguments.debug) output.say("Debug mode enabled. Builds will not be parallelized.");
    const RunResult result = run(loaded, arguments, state, context, output);
    return result.success() && !loaded.diagnostics.has_errors() ? 0 : 1;
}

RunResult run(LoadedPlan& loaded, const BuildArguments& arguments,
              const std::filesystem::path& state, const CommandContext& context, Output& output) {
    RunnerOptions runner;
    runner.settings = make_settings(arguments, state);
    runner.parallel_builds = arguments.parallel_builds;
    runner.version = template_version;
    runner.user_variables = loaded.tmpl.variable_values;
    output.log_builds_to(runner.settings.log_directory);
    RunRecord record(state, runner.settings.run_uuid);
    TerminalPrompter prompter(context.machine_readable);
    const RunResult result =
        run_builds(loaded.builds, runner, output.sink(), record, prompter, context.cancel);
    if (!result.success()) {
        output.say(fmt::format("Logs and pictures: {}", runner.settings.log_directory.string()));
    }
    return result;
}

Diagnostic no_builds() {
    return Diagnostic::error(
        "No builds to run",
        "A build command cannot run without at least one build to process. If the only or except "
        "flags have been specified at run time check that at least one build is selected for "
        "execution.");
}

RunSettings make_settings(const BuildArguments& arguments, const std::filesystem::path& state) {
    RunSettings settings;
    settings.run_uuid = random_uuid();
    settings.force = arguments.force;
    settings.debug = arguments.debug;
    settings.on_error = on_error_from(arguments.on_error);
    settings.cache_directory = download::default_cache_directory();
    settings.log_directory = make_log_directory(state, settings.run_uuid);
    // Children (shell-local scripts) can tell runs apart by it.
    setenv("PACKER_RUN_UUID", settings.run_uuid.c_str(), 1);
    return settings;
}

OnError on_error_from(const std::string& word) {
    if (word == "abort") return OnError::Abort;
    if (word == "ask") return OnError::Ask;
    if (word == "run-cleanup-provisioner") return OnError::RunCleanupProvisioner;
    return OnError::Cleanup;
}

void report_recovery(const std::filesystem::path& state, Output& output) {
    for (const auto& notice : recover_dead_runs(state)) output.say(notice);
    const std::size_t locks = remove_stale_port_locks(download::default_cache_directory() / "port");
    if (locks > 0) {
        output.say(fmt::format("Released {} port lock(s) that an interrupted run left.", locks));
    }
}

}  // namespace
}  // namespace kiln
