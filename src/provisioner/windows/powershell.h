#pragma once

#include <string>

#include "local_shell/script_options.h"
#include "provisioner/windows/elevated_options.h"

namespace kiln {

/// The options of `powershell` (spec/components.md, section 3.6).
struct PowershellOptions {
    ScriptOptions script;
    ElevatedOptions elevated;
    bool binary = false;
    std::string execute_command;
    std::string elevated_execute_command;
    std::string elevated_env_var_format;
    std::string execution_policy = "bypass";
    std::string remote_path;
    std::string remote_env_var_path;
    Duration start_retry_timeout = std::chrono::minutes(5);
    int debug_mode = 0;
    bool use_pwsh = false;
    bool skip_clean = false;
    Duration pause_after{0};
};

Schema<PowershellOptions> powershell_schema();

}  // namespace kiln
