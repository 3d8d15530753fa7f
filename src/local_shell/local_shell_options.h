#pragma once

#include <string>
#include <vector>

#include "local_shell/script_options.h"

namespace kiln {

/// The options of `shell-local`, as provisioner and as post-processor (spec/components.md, 3.3).
struct LocalShellOptions {
    ScriptOptions script;
    std::string command;
    std::vector<std::string> execute_command;
    std::string inline_shebang;
    std::vector<std::string> only_on;
    std::string tempfile_extension;
    bool use_linux_pathing = false;
};

Schema<LocalShellOptions> local_shell_schema();

/// Checks what the schema cannot (files, `{{ }}` texts) and folds `command` into `inline`, drive
/// letters into WSL paths.
void complete_local_shell(LocalShellOptions& options, Problems& problems);

/// `C:\a\b` as WSL sees it: `/mnt/c/a/b`. Other paths get their backslashes turned alone.
std::string wsl_path(const std::string& path);

}  // namespace kiln
