#include "local_shell/local_shell_options.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/ranges.h>

#include "engine/late_text.h"

namespace kiln {
namespace {

void check_one_source(const LocalShellOptions& options, Problems& problems);
void check_systems(const LocalShellOptions& options, Problems& problems);
void check_pathing(const LocalShellOptions& options, Problems& problems);

}  // namespace

Schema<LocalShellOptions> local_shell_schema() {
    using O = LocalShellOptions;
    return Schema<O>("shell-local", "Runs commands or scripts on the machine that kiln runs on.")
        .include(&O::script, script_options_schema())
        .option("command", &O::command, "One command to run.")
        .deprecated("use `inline` with one element.")
        .option("execute_command", &O::execute_command,
                "The program and its arguments that run a script, started without a shell of their "
                "own. `{{.Script}}` (or `{{.Command}}`) stands for the script's path, `{{.Vars}}` "
                "for the variables. Without it the variables are given to the script directly, so "
                "that the process list does not show them.")
        .rendered_late()
        .default_is(R"(["/bin/sh", "-c", "{{.Vars}} {{.Script}}"])")
        .option("inline_shebang", &O::inline_shebang,
                "The interpreter of the `inline` script, without `#!`. By default, commands that "
                "begin with a `#!` line keep it.")
        .default_is("\"/bin/sh -e\"")
        .option("only_on", &O::only_on,
                "Run only when kiln runs on one of these systems: darwin, freebsd, linux, openbsd, "
                "solaris, windows. Empty: on every one.")
        .option("tempfile_extension", &O::tempfile_extension,
                "Extension of the temporary file that holds the `inline` script, for interpreters "
                "that insist on one.")
        .option("use_linux_pathing", &O::use_linux_pathing,
                "Turn Windows paths of scripts (`C:\\a\\b`) into the paths that the Windows "
                "Subsystem for Linux has for them (`/mnt/c/a/b`). Not together with `inline`.")
        .check(check_one_source)
        .check(check_systems)
        .check(check_pathing);
}

void complete_local_shell(LocalShellOptions& options, Problems& problems) {
    if (!options.command.empty()) options.script.inline_commands = {options.command};
    if (options.use_linux_pathing) {
        if (!options.script.script.empty()) {
            options.script.script = wsl_path(options.script.script);
        }
        for (auto& script : options.script.scripts) script = wsl_path(script);
    }
    check_script_files(options.script, problems);
    for (const auto& argument : options.execute_command) {
        check_late_text("execute_command", argument, problems);
    }
}

std::string wsl_path(const std::string& path) {
    std::string turned = path;
    std::replace(turned.begin(), turned.end(), '\\', '/');
    const bool has_drive = turned.size() >= 3 && turned[1] == ':' && turned[2] == '/' &&
                           std::isalpha(static_cast<unsigned char>(turned[0])) != 0;
    if (!has_drive) return turned;
    const char drive = static_cast<char>(std::tolower(static_cast<unsigned char>(turned[0])));
    return fmt::format("/mnt/{}{}", drive, turned.substr(2));
}

namespace {

void check_one_source(const LocalShellOptions& options, Problems& problems) {
    const std::array<bool, 4> given = {
        !options.command.empty(), !options.script.inline_commands.empty(),
        !options.script.script.empty(), !options.script.scripts.empty()};
    const auto count = std::count(given.begin(), given.end(), true);
    if (count == 0) {
        problems.error("", "Command, Inline, Script and Scripts options cannot all be empty.");
    } else if (count > 1) {
        problems.error("",
                       "You may only specify one of the following options: Command, Inline, Script "
                       "or Scripts. Move what they hold into one of them.");
    }
}

void check_systems(const LocalShellOptions& options, Problems& problems) {
    constexpr std::array<std::string_view, 6> known = {"darwin",  "freebsd", "linux",
                                                       "openbsd", "solaris", "windows"};
    for (const auto& system : options.only_on) {
        if (std::find(known.begin(), known.end(), system) != known.end()) continue;
        problems.error("only_on",
                       fmt::format("Invalid OS specified for only_on: '{}'. Supported OS "
                                   "names: {}.",
                                   system, fmt::join(known, ", ")));
    }
}

void check_pathing(const LocalShellOptions& options, Problems& problems) {
    const bool inline_used = !options.command.empty() || !options.script.inline_commands.empty();
    if (!options.use_linux_pathing || !inline_used) return;
    problems.error("use_linux_pathing",
                   "use_linux_pathing cannot be combined with command or inline; put the commands "
                   "into a script.");
}

}  // namespace
}  // namespace kiln
