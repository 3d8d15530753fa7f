#include "provisioner/windows/windows_update.h"

#include "engine/option_checks.h"

namespace kiln {
namespace {

void check_windows_update(const WindowsUpdateOptions& options, Problems& problems);

}  // namespace

Schema<WindowsUpdateOptions> windows_update_schema() {
    using O = WindowsUpdateOptions;
    Schema<O> schema("windows-update", "Installs Windows updates, restarting as they need it.");
    schema.option("search_criteria", &O::search_criteria, "Which updates to look for.")
        .option("filters", &O::filters,
                "Which of the found updates to install: `include:EXPRESSION` or "
                "`exclude:EXPRESSION` in PowerShell, where `$_` is the update; the first that is "
                "true decides.")
        .option("update_limit", &O::update_limit, "How many updates to install at a time.")
        .option("update_max_retries", &O::update_max_retries,
                "How often to try again when updates fail.")
        .option("reboot_delay", &O::reboot_delay, "Seconds to wait before a restart.")
        .option("restart_timeout", &O::restart_timeout, "How long a restart may take.")
        .option("username", &O::username, "The account that installs the updates.")
        .option("password", &O::password, "That account's password; none for SYSTEM.")
        .sensitive()
        .check(check_windows_update);
    return schema;
}

namespace {

void check_windows_update(const WindowsUpdateOptions& options, Problems& problems) {
    for (const std::string& filter : options.filters) {
        if (filter.starts_with("include:") || filter.starts_with("exclude:")) continue;
        problems.error(
            "filters",
            fmt::format("The filter \"{}\" must begin with include: or exclude:.", filter));
    }
    option_check::is_not_negative("update_limit", options.update_limit, problems);
    option_check::is_not_negative("update_max_retries", options.update_max_retries, problems);
    option_check::is_not_negative("reboot_delay", options.reboot_delay, problems);
    option_check::is_not_negative("restart_timeout", options.restart_timeout, problems);
}

}  // namespace
}  // namespace kiln
