#include "provisioner/windows/windows_restart.h"

#include "engine/option_checks.h"

namespace kiln {

Schema<WindowsRestartOptions> windows_restart_schema() {
    using O = WindowsRestartOptions;
    Schema<O> schema("windows-restart", "Restarts a Windows guest and waits until it is back.");
    schema.option("restart_command", &O::restart_command, "The command that restarts the guest.")
        .option("restart_check_command", &O::restart_check_command,
                "A command that succeeds once the guest is back.")
        .default_is("one that prints the host name and \"restarted.\"")
        .option("restart_timeout", &O::restart_timeout, "How long the restart may take.")
        .option("check_registry", &O::check_registry,
                "Wait until no key of registry_keys is there: Windows restarts more than once.")
        .option("registry_keys", &O::registry_keys,
                "Registry keys that mean that another restart is due.")
        .default_is("those of Windows' component based servicing")
        .check([](const O& options, Problems& problems) {
            option_check::is_not_negative("restart_timeout", options.restart_timeout, problems);
        });
    return schema;
}

}  // namespace kiln
