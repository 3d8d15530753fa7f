#pragma once

#include <string>
#include <vector>

#include "base/schema.h"

namespace kiln {

/// The options of `windows-restart` (spec/components.md, section 3.8).
struct WindowsRestartOptions {
    std::string restart_command = R"(shutdown /r /f /t 0 /c "packer restart")";
    std::string restart_check_command;
    Duration restart_timeout = std::chrono::minutes(5);
    bool check_registry = false;
    std::vector<std::string> registry_keys;
};

Schema<WindowsRestartOptions> windows_restart_schema();

}  // namespace kiln
