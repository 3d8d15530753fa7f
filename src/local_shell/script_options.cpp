#include "local_shell/script_options.h"

#include <algorithm>
#include <array>

#include <fmt/ranges.h>

#include "engine/late_text.h"

namespace kiln {
namespace {

using Environment = std::map<std::string, std::string>;

void check_environment_variables(const ScriptOptions& options, Problems& problems);
void check_format(const ScriptOptions& options, Problems& problems);
int count_placeholders(std::string_view format);
bool split_assignment(const std::string& text, std::string& name, std::string& value);
void add_http_address(Environment& environment, const Setting::Map& data);
std::string quote_single_quotes(const std::string& value);

}  // namespace

std::vector<std::string> ScriptOptions::files() const {
    std::vector<std::string> all = scripts;
    if (!script.empty()) all.push_back(script);
    return all;
}

bool ScriptOptions::accepts(int exit_status) const {
    if (valid_exit_codes.empty()) return exit_status == 0;
    return std::find(valid_exit_codes.begin(), valid_exit_codes.end(), exit_status) !=
           valid_exit_codes.end();
}

Schema<ScriptOptions> script_options_schema() {
    using O = ScriptOptions;
    return Schema<O>("script", "What to run, and with which variables.")
        .option("inline", &O::inline_commands,
                "Commands to run, each on a line of one script of their own. Each is rendered once "
                "more when the script runs, with the build's values.")
        .option("script", &O::script, "Path of a script to run.")
        .option("scripts", &O::scripts, "Paths of scripts to run, in this order, each by itself.")
        .option("valid_exit_codes", &O::valid_exit_codes, "Exit statuses that count as success.")
        .option("environment_vars", &O::environment_vars,
                "Variables for the scripts, each as `NAME=value`.")
        .option("env", &O::env,
                "Variables for the scripts, by name; they win over `environment_vars`.")
        .option("env_var_format", &O::env_var_format,
                "How one variable is written in `{{.Vars}}`: the first `%s` stands for its name, "
                "the second for its value, in which single quotes are already escaped.")
        .default_is("\"%s='%s' \"")
        .check(check_environment_variables)
        .check(check_format);
}

void check_script_files(const ScriptOptions& options, Problems& problems) {
    for (const auto& file : options.files()) {
        std::error_code failure;
        const auto status = std::filesystem::status(file, failure);
        const char* option = file == options.script ? "script" : "scripts";
        if (!std::filesystem::exists(status)) {
            const std::string why = failure ? failure.message() : "No such file or directory";
            problems.error(option, fmt::format("Bad script '{}': {}.", file, why));
        } else if (std::filesystem::is_directory(status)) {
            problems.error(option, fmt::format("Bad script '{}': it is a directory.", file));
        }
    }
}

std::string inline_script(const ScriptOptions& options, const std::string& shebang,
                          const PrepareContext& prepared, const Setting::Map& data) {
    const bool has_own =
        !options.inline_commands.empty() && options.inline_commands.front().substr(0, 2) == "#!";
    std::string text;
    if (!shebang.empty())
        text = fmt::format("#!{}\n", shebang);
    else if (!has_own)
        text = "#!/bin/sh -e\n";
    for (const auto& command : options.inline_commands) {
        text += render_late(command, prepared, data) + "\n";
    }
    return text;
}

Environment script_environment(const ScriptOptions& options, const PrepareContext& prepared,
                               const Setting::Map& data) {
    Environment environment = {{"PACKER_BUILD_NAME", prepared.source_name},
                               {"PACKER_BUILDER_TYPE", prepared.builder_type}};
    add_http_address(environment, data);
    for (const auto& assignment : options.environment_vars) {
        std::string name;
        std::string value;
        if (split_assignment(assignment, name, value)) environment[name] = value;
    }
    for (const auto& [name, value] : options.env) environment[name] = value;
    return environment;
}

std::string format_environment(const Environment& environment, std::string_view format) {
    std::string out;
    for (const auto& [name, value] : environment) {
        const std::array<std::string, 2> words = {name, quote_single_quotes(value)};
        std::size_t next = 0;
        for (std::size_t i = 0; i < format.size(); ++i) {
            const bool escape = format[i] == '%' && i + 1 < format.size();
            if (escape && format[i + 1] == 's' && next < words.size())
                out += words[next++];
            else
                out += format[i];
            if (escape) ++i;
        }
    }
    return out;
}

void require_accepted(const ScriptOptions& options, int exit_status) {
    if (options.accepts(exit_status)) return;
    const std::vector<int> allowed =
        options.valid_exit_codes.empty() ? std::vector<int>{0} : options.valid_exit_codes;
    throw Error(
        fmt::format("Script exited with non-zero exit status: {}. Allowed exit codes are: "
                    "[{}]",
                    exit_status, fmt::join(allowed, " ")));
}

std::string_view shown_line(std::string_view line) {
    const std::size_t last = line.find_last_not_of(" \t\r\n\v\f");
    line = line.substr(0, last == std::string_view::npos ? 0 : last + 1);
    const std::size_t overwritten = line.rfind('\r');
    return overwritten == std::string_view::npos ? line : line.substr(overwritten + 1);
}

namespace {

void check_environment_variables(const ScriptOptions& options, Problems& problems) {
    for (const auto& assignment : options.environment_vars) {
        std::string name;
        std::string value;
        if (split_assignment(assignment, name, value)) continue;
        problems.error(
            "environment_vars",
            fmt::format("Environment variable not in format 'key=value': {}", assignment));
    }
}

void check_format(const ScriptOptions& options, Problems& problems) {
    if (options.env_var_format.empty() || count_placeholders(options.env_var_format) == 2) return;
    problems.error("env_var_format",
                   "env_var_format must hold `%s` twice, for the name and for the value, and no "
                   "other placeholder (a percent sign is written `%%`).");
}

// -1 when there is a placeholder that is not `%s` or `%%`.
int count_placeholders(std::string_view format) {
    int count = 0;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') continue;
        ++i;
        if (i == format.size() || (format[i] != 's' && format[i] != '%')) return -1;
        if (format[i] == 's') ++count;
    }
    return count;
}

bool split_assignment(const std::string& text, std::string& name, std::string& value) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) return false;
    name = text.substr(0, equals);
    value = text.substr(equals + 1);
    return true;
}

void add_http_address(Environment& environment, const Setting::Map& data) {
    constexpr std::array<std::array<const char*, 2>, 3> names = {{
        {"PACKER_HTTP_ADDR", "PackerHTTPAddr"},
        {"PACKER_HTTP_IP", "PackerHTTPIP"},
        {"PACKER_HTTP_PORT", "PackerHTTPPort"},
    }};
    for (const auto& [variable, key] : names) {
        const auto found = data.find(key);
        if (found == data.end() || found->second.is_null()) continue;
        std::string value;
        setting_to::assign(found->second, value);
        // Builders without a server say so in these words.
        if (value.empty() || value.rfind("ERR_HTTP_", 0) == 0) continue;
        environment[variable] = value;
    }
}

std::string quote_single_quotes(const std::string& value) {
    std::string out;
    for (const char c : value) {
        if (c == '\'')
            out += R"('"'"')";
        else
            out += c;
    }
    return out;
}

}  // namespace
}  // namespace kiln
