#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/process.h"
#include "engine/component.h"

namespace kiln {

/// The options that all script-running components share (spec/components.md, section 3.1).
struct ScriptOptions {
    std::vector<std::string> inline_commands;
    std::string script;
    std::vector<std::string> scripts;
    std::vector<int> valid_exit_codes = {0};
    std::vector<std::string> environment_vars;
    std::map<std::string, std::string> env;
    /// Filled in by the component when the template leaves it empty.
    std::string env_var_format;

    /// `script` and `scripts` as one list.
    std::vector<std::string> files() const;
    bool accepts(int exit_status) const;
};

/// The options with the rules that hold for every component: the shape of `environment_vars`, the
/// placeholders of `env_var_format`.
Schema<ScriptOptions> script_options_schema();

/// Reports script files that are not there.
void check_script_files(const ScriptOptions& options, Problems& problems);

/// The script of `inline`: its first line `#!shebang`, then each command, rendered once more, on a
/// line of its own. An empty `shebang` means `/bin/sh -e`, unless the commands begin with a `#!` of
/// their own.
std::string inline_script(const ScriptOptions& options, const std::string& shebang,
                          const PrepareContext& prepared, const Setting::Map& data);

/// PACKER_BUILD_NAME, PACKER_BUILDER_TYPE, the addresses of the HTTP server when the builder has
/// one (`data`), and the user's variables, which win.
std::map<std::string, std::string> script_environment(const ScriptOptions& options,
                                                      const PrepareContext& prepared,
                                                      const Setting::Map& data);

/// The variables in byte order of their names, each printed by `format` (`%s` the name, then `%s`
/// the value). Single quotes in values are written so that they survive single-quoted shell words.
std::string format_environment(const std::map<std::string, std::string>& environment,
                               std::string_view format);

/// Throws Error when the script's exit status is none of the allowed ones.
void require_accepted(const ScriptOptions& options, int exit_status);

/// A line of output as it is shown: without trailing white space and without what a carriage return
/// wrote over.
std::string_view shown_line(std::string_view line);

}  // namespace kiln
