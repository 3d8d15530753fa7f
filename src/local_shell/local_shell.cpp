#include "local_shell/local_shell.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "engine/build_temp_dir.h"
#include "engine/late_text.h"

namespace kiln {
namespace {

constexpr std::string_view default_format = "%s='%s' ";

bool runs_here(const LocalShellOptions& options);
void run_script(const LocalShellOptions& options, const PrepareContext& prepared,
                const Setting::Map& data, const std::string& script, BuildContext& context,
                LocalShellRole role);
std::string write_inline_script(const LocalShellOptions& options, const PrepareContext& prepared,
                                const Setting::Map& data, const BuildTempDir& directory);
std::map<std::string, std::string> rendered_environment(const LocalShellOptions& options,
                                                        const PrepareContext& prepared,
                                                        const Setting::Map& data);
std::string with_directory(const std::string& script);

}  // namespace

void run_local_shell(const LocalShellOptions& options, const PrepareContext& prepared,
                     const Setting::Map& data, BuildContext& context, LocalShellRole role) {
    if (!runs_here(options)) {
        context.report.say("Skipping shell-local due to runtime OS");
        return;
    }
    if (options.script.inline_commands.empty()) {
        for (const auto& script : options.script.files()) {
            run_script(options, prepared, data, script, context, role);
        }
        return;
    }
    const BuildTempDir directory(context, "packer-shell");
    run_script(options, prepared, data, write_inline_script(options, prepared, data, directory),
               context, role);
}

ProcessSpec local_shell_process(const LocalShellOptions& options, const PrepareContext& prepared,
                                const Setting::Map& data, const std::string& script,
                                LocalShellRole role) {
    const auto environment = rendered_environment(options, prepared, data);
    const std::string path = with_directory(script);
    ProcessSpec spec;
    if (options.execute_command.empty() && options.script.env_var_format.empty()) {
        // A shell in between runs scripts without a `#!` line, too.
        spec.program = "/bin/sh";
        spec.arguments = {"-c", shell_quote(path)};
        spec.environment = environment;
        return spec;
    }
    const std::string format = options.script.env_var_format.empty()
                                   ? std::string(default_format)
                                   : options.script.env_var_format;
    Setting::Map fields = data;
    fields["Vars"] = format_environment(environment, format);
    fields["Script"] = path;
    fields["Command"] = path;
    std::vector<std::string> words = options.execute_command;
    if (words.empty()) words = {"/bin/sh", "-c", "{{.Vars}} {{.Script}}"};
    if (role == LocalShellRole::PostProcessor && words.size() == 1) {
        words.insert(words.begin(), {"sh", "-c"});
    }
    for (auto& word : words) word = render_late(word, prepared, fields);
    spec.program = words.front();
    spec.arguments.assign(words.begin() + 1, words.end());
    return spec;
}

namespace {

bool runs_here(const LocalShellOptions& options) {
    return options.only_on.empty() || std::find(options.only_on.begin(), options.only_on.end(),
                                                "linux") != options.only_on.end();
}

void run_script(const LocalShellOptions& options, const PrepareContext& prepared,
                const Setting::Map& data, const std::string& script, BuildContext& context,
                LocalShellRole role) {
    context.report.say(fmt::format("Running local shell script: {}", script));
    const ProcessSpec spec = local_shell_process(options, prepared, data, script, role);
    const ExitStatus status = run_process_lines(
        spec, [&](std::string_view line) { context.report.say(shown_line(line)); },
        [&](std::string_view line) { context.report.error(shown_line(line)); }, context.cancel);
    if (status.signal != 0) {
        throw Error(fmt::format("Script {} was {}", script, status.to_string()));
    }
    require_accepted(options.script, status.code);
}

std::string write_inline_script(const LocalShellOptions& options, const PrepareContext& prepared,
                                const Setting::Map& data, const BuildTempDir& directory) {
    std::string name = "script";
    if (!options.tempfile_extension.empty()) {
        const std::string& extension = options.tempfile_extension;
        name += extension.front() == '.' ? extension : "." + extension;
    }
    const auto path = directory.path() / name;
    const UniqueFd file = open_file(path, O_WRONLY | O_CREAT | O_EXCL, 0700);
    // The owner may run it whatever the umask says.
    if (fchmod(file.get(), 0700) != 0) {
        throw system_error(fmt::format("cannot make {} executable", path.string()), errno);
    }
    write_all(file.get(), inline_script(options.script, options.inline_shebang, prepared, data),
              path);
    return path.string();
}

std::map<std::string, std::string> rendered_environment(const LocalShellOptions& options,
                                                        const PrepareContext& prepared,
                                                        const Setting::Map& data) {
    ScriptOptions rendered = options.script;
    for (auto& assignment : rendered.environment_vars) {
        assignment = render_late(assignment, prepared, data);
    }
    for (auto& [name, value] : rendered.env) value = render_late(value, prepared, data);
    return script_environment(rendered, prepared, data);
}

// A bare name would be looked up in PATH.
std::string with_directory(const std::string& script) {
    return script.find('/') == std::string::npos ? "./" + script : script;
}

}  // namespace
}  // namespace kiln
