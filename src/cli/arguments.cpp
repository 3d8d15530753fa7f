#include "cli/arguments.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace kiln {
namespace {

constexpr std::string_view machine_readable_flag = "-machine-readable";

bool is_variable_flag(std::string_view argument);

}  // namespace

std::vector<std::string> normalize_arguments(const std::vector<std::string>& arguments) {
    std::vector<std::string> out;
    bool only_positionals = false;
    for (const auto& argument : arguments) {
        const bool single_dash = argument.size() > 2 && argument[0] == '-' && argument[1] != '-';
        out.push_back(single_dash && !only_positionals ? "-" + argument : argument);
        only_positionals = only_positionals || argument == "--";
    }
    return out;
}

bool take_machine_readable(std::vector<std::string>& arguments) {
    const auto found = std::find(arguments.begin(), arguments.end(), machine_readable_flag);
    if (found == arguments.end()) return false;
    arguments.erase(found);
    return true;
}

bool asks_for_help(const std::vector<std::string>& arguments) {
    for (const auto& argument : arguments) {
        if (argument == "--") return false;
        if (argument == "-h" || argument == "-help" || argument == "--help") return true;
    }
    return false;
}

std::optional<int> parse_arguments(CLI::App& app, const std::vector<std::string>& arguments,
                                   const Streams& streams) {
    std::vector<std::string> reversed = normalize_arguments(arguments);
    std::reverse(reversed.begin(), reversed.end());
    try {
        app.parse(std::move(reversed));
        return std::nullopt;
    } catch (const CLI::CallForHelp&) {
        streams.out(app.help());
        return 0;
    } catch (const CLI::ParseError& error) {
        streams.out(fmt::format("{}\n\n{}", error.what(), app.help()));
        return 1;
    }
}

void hide_variable_arguments(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        const std::size_t equals = argument.find('=');
        if (!is_variable_flag(argument.substr(0, equals))) continue;
        // `-var name=value` or `-var=name=value`: the name stays, the value goes.
        char* assignment = equals == std::string_view::npos ? (i + 1 < argc ? argv[++i] : nullptr)
                                                            : argv[i] + equals + 1;
        char* value = assignment == nullptr ? nullptr : std::strchr(assignment, '=');
        if (value != nullptr) std::memset(value + 1, '*', std::strlen(value + 1));
    }
}

namespace {

bool is_variable_flag(std::string_view argument) {
    return argument == "-var" || argument == "--var";
}

}  // namespace
}  // namespace kiln
