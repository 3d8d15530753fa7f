#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace kiln {

/// Arguments as the peer takes them, in the form that the option parser takes: `-flag` becomes
/// `--flag`, and what follows `--` is left alone (spec/cli.md, section 1).
std::vector<std::string> normalize_arguments(const std::vector<std::string>& arguments);

/// Whether `-machine-readable` stands anywhere; its first occurrence is taken out.
bool take_machine_readable(std::vector<std::string>& arguments);

/// Parses a command's arguments. Nothing when the command is to run, else the exit code: help was
/// printed (0), or what was wrong (1).
std::optional<int> parse_arguments(CLI::App& app, const std::vector<std::string>& arguments);

/// Overwrites the values of `-var` in the process's own argument list, so that a secret given there
/// does not stay in the process list.
void hide_variable_arguments(int argc, char** argv);

}  // namespace kiln
