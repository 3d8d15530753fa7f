#pragma once

#include <string>

#include "local_shell/script_options.h"

namespace kiln {

/// The options of `windows-shell` (spec/components.md, section 3.7).
struct WindowsShellOptions {
    ScriptOptions script;
    bool binary = false;
    std::string execute_command = "{{.Vars}}\"{{.Path}}\"";
    std::string remote_path = "c:/Windows/Temp/script.bat";
    Duration start_retry_timeout = std::chrono::minutes(5);
};

Schema<WindowsShellOptions> windows_shell_schema();

}  // namespace kiln
