#include "cli/app.h"

#include <cstdlib>

#include <fmt/format.h>

#include "base/suggest.h"
#include "cli/arguments.h"
#include "cli/command/command.h"

namespace kiln {
namespace {

constexpr int unknown_command_exit = 127;

std::string help();
const Command* find_command(const std::string& name);
int run_command(const Command& command, std::vector<std::string> arguments, bool machine_readable);

}  // namespace

int run_app(int argc, char** argv) {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    hide_variable_arguments(argc, argv);
    const bool machine_readable = take_machine_readable(arguments);
    if (machine_readable) setenv("PACKER_NO_COLOR", "1", 1);
    const std::string name = arguments.empty() ? "" : arguments[0];
    if (name == "-v" || name == "-version" || name == "--version") {
        return run_command(*find_command("version"), {}, machine_readable);
    }
    if (name == "-h" || name == "-help" || name == "--help") {
        fmt::print("{}", help());
        return 0;
    }
    const Command* command = find_command(name);
    if (command == nullptr) {
        if (name.starts_with('-')) {
            fmt::print("Invalid flags before the subcommand. Flags stand behind the command.\n");
            return 1;
        }
        std::vector<std::string> known;
        for (const auto& item : commands()) known.emplace_back(item.name);
        if (!name.empty()) {
            fmt::print("There is no command \"{}\".{}\n\n", name, did_you_mean(name, known));
        }
        fmt::print("{}", help());
        return unknown_command_exit;
    }
    arguments.erase(arguments.begin());
    return run_command(*command, std::move(arguments), machine_readable);
}

namespace {

std::string help() {
    std::string out =
        "Usage: kiln [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n";
    for (const auto& command : commands()) {
        out += fmt::format("    {:<12}{}\n", command.name, command.synopsis);
    }
    return out;
}

const Command* find_command(const std::string& name) {
    for (const auto& command : commands()) {
        if (command.name == name) return &command;
    }
    return nullptr;
}

int run_command(const Command& command, std::vector<std::string> arguments, bool machine_readable) {
    CancelSource source;
    SignalWatcher signals(source);
    CommandContext context{std::move(arguments), machine_readable, signals, source.token()};
    try {
        return command.run(context);
    } catch (const std::exception& error) {
        fmt::print("Error: {}\n", describe(error));
        return 1;
    }
}

}  // namespace
}  // namespace kiln
