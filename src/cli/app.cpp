#include "cli/app.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/suggest.h"
#include "cli/arguments.h"
#include "cli/command/command.h"
#include "cli/completion/install.h"
#include "cli/output.h"

namespace kiln {
namespace {

constexpr int unknown_command_exit = 127;

/// A command line taken apart: what stands before the command, the command, what follows it.
struct CommandLine {
    std::vector<std::string> leading_flags;
    const CommandEntry* command = nullptr;
    std::string unknown_word;  ///< what stands where a command should
    std::vector<std::string> arguments;
};

CommandLine take_apart(const std::vector<std::string>& arguments);
bool is_any_of(const std::vector<std::string>& flags,
               std::initializer_list<std::string_view> names);
int run(const CommandEntry& entry, const std::vector<std::string>& arguments, bool machine_readable,
        const Streams& streams);
int refuse_unknown(const std::string& word, const Streams& streams);
std::string help();

}  // namespace

int run_app(int argc, char** argv) {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    hide_variable_arguments(argc, argv);
    return run_app(std::move(arguments), Streams::standard());
}

int run_app(std::vector<std::string> arguments, const Streams& streams) {
    const bool machine_readable = take_machine_readable(arguments);
    if (machine_readable) setenv("PACKER_NO_COLOR", "1", 1);
    CommandLine line = take_apart(arguments);
    if (is_any_of(line.leading_flags, {"v", "version"})) {
        return run(*find_command("version"), {}, machine_readable, streams);
    }
    if (is_any_of(line.leading_flags, {"h", "help"})) {
        if (line.command != nullptr) return run(*line.command, {"-h"}, machine_readable, streams);
        streams.out(help());
        return 0;
    }
    if (is_any_of(line.leading_flags, {"autocomplete-install"})) return install_completion(streams);
    if (is_any_of(line.leading_flags, {"autocomplete-uninstall"})) {
        return uninstall_completion(streams);
    }
    if (line.command == nullptr) return refuse_unknown(line.unknown_word, streams);
    if (!line.leading_flags.empty()) {
        streams.out(
            fmt::format("Invalid flags before the subcommand. Flags of {} stand behind it: "
                        "kiln {} {}\n",
                        line.command->name, line.command->name, line.leading_flags[0]));
        return 1;
    }
    return run(*line.command, line.arguments, machine_readable, streams);
}

int run_command(const CommandEntry& entry, const std::vector<std::string>& arguments,
                CommandContext& context) {
    const auto command = entry.make();
    FlagSet flags{std::string(entry.name), std::string(entry.about)};
    command->declare(flags);
    if (!flags.takes_everything() && asks_for_help(arguments)) {
        context.streams.out(flags.help());
        return 0;
    }
    const auto fail = [&](const std::string& text) {
        Output({context.machine_readable}, context.streams).error(text);
        return 1;
    };
    try {
        flags.parse(arguments);
    } catch (const Error& error) {
        return fail(fmt::format("{}\n\n{}", error.what(), flags.help()));
    }
    try {
        return command->run(context);
    } catch (const std::exception& error) {
        return fail(fmt::format("Error: {}", describe(error)));
    }
}

namespace {

CommandLine take_apart(const std::vector<std::string>& arguments) {
    CommandLine line;
    auto at = arguments.begin();
    for (; at != arguments.end() && at->size() > 1 && at->starts_with('-'); ++at) {
        line.leading_flags.push_back(*at);
    }
    if (at == arguments.end()) return line;
    line.unknown_word = *at;
    // The longest name wins: `plugins install` before `plugins`.
    if (at + 1 != arguments.end()) line.command = find_command(*at + " " + *(at + 1));
    if (line.command != nullptr) {
        ++at;
    } else {
        line.command = find_command(*at);
    }
    line.arguments.assign(at + 1, arguments.end());
    return line;
}

bool is_any_of(const std::vector<std::string>& flags,
               std::initializer_list<std::string_view> names) {
    return std::any_of(flags.begin(), flags.end(), [&](std::string_view flag) {
        flag.remove_prefix(flag.starts_with("--") ? 2 : 1);
        return std::find(names.begin(), names.end(), flag) != names.end();
    });
}

int run(const CommandEntry& entry, const std::vector<std::string>& arguments, bool machine_readable,
        const Streams& streams) {
    CancelSource source;
    SignalWatcher signals(source);
    CommandContext context{machine_readable, streams, signals, source.token()};
    return run_command(entry, arguments, context);
}

int refuse_unknown(const std::string& word, const Streams& streams) {
    std::string out;
    if (!word.empty()) {
        std::vector<std::string> known;
        for (const auto& item : commands()) {
            if (!item.hidden) known.emplace_back(item.name);
        }
        out = fmt::format("There is no command \"{}\".{}\n\n", word, did_you_mean(word, known));
    }
    streams.out(out + help());
    return unknown_command_exit;
}

std::string help() {
    std::string out =
        "Usage: kiln [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n";
    std::size_t width = 0;
    const auto listed = [](const CommandEntry& entry) {
        return !entry.hidden && entry.name.find(' ') == std::string_view::npos;
    };
    for (const auto& entry : commands()) {
        if (listed(entry)) width = std::max(width, entry.name.size());
    }
    for (const auto& entry : commands()) {
        if (listed(entry))
            out += fmt::format("    {:<{}}    {}\n", entry.name, width, entry.synopsis);
    }
    return out;
}

}  // namespace
}  // namespace kiln
