#pragma once

#include <string>
#include <vector>

#include "base/schema.h"

namespace kiln {

/// The options of `windows-update`: installs Windows updates, restarting as often as they need it.
struct WindowsUpdateOptions {
    std::string search_criteria = "BrowseOnly=0 and IsInstalled=0";
    std::vector<std::string> filters = {"include:$true"};
    int update_limit = 1000;
    int update_max_retries = 5;
    int reboot_delay = 0;
    Duration restart_timeout = std::chrono::hours(4);
    std::string username = "SYSTEM";
    std::string password;
};

Schema<WindowsUpdateOptions> windows_update_schema();

}  // namespace kiln
