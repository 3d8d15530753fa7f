#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/signals.h"

namespace kiln {

/// What every command gets.
struct CommandContext {
    std::vector<std::string> arguments;  ///< those after the command's name
    bool machine_readable = false;
    SignalWatcher& signals;
    CancelToken cancel;
};

/// A command of the command line; `run` returns the exit code.
struct Command {
    std::string_view name;
    std::string_view synopsis;
    int (*run)(CommandContext& context);
};

int run_build(CommandContext& context);
int run_doctor(CommandContext& context);
int run_image(CommandContext& context);
int run_validate(CommandContext& context);
int run_version(CommandContext& context);

/// All commands, sorted by name.
std::span<const Command> commands();

}  // namespace kiln
