#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/streams.h"

namespace CLI {
class App;
}

namespace kiln {

/// Long flags with one dash get their second: `-flag` becomes `--flag`; what follows `--` is left
/// alone.
std::vector<std::string> normalize_arguments(const std::vector<std::string>& arguments);

/// Whether `-machine-readable` stands anywhere; its first occurrence is taken out.
bool take_machine_readable(std::vector<std::string>& arguments);

/// Whether `-h`, `-help` or `--help` stands anywhere before `--`.
bool asks_for_help(const std::vector<std::string>& arguments);

/// Parses the arguments of a command that kiln alone has (`image`), whose flags may stand anywhere.
/// Nothing when the command is to run, else the exit code: help was printed (0), or what was wrong
/// (1).
std::optional<int> parse_arguments(CLI::App& app, const std::vector<std::string>& arguments,
                                   const Streams& streams);

/// Overwrites the values of `-var` in the process's own argument list, so that a secret given there
/// does not stay in the process list.
void hide_variable_arguments(int argc, char** argv);

}  // namespace kiln
