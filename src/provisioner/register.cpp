#include "provisioner/register.h"

#include "provisioner/breakpoint.h"
#include "provisioner/file.h"
#include "provisioner/shell.h"
#include "provisioner/shell_local.h"
#include "provisioner/sleep.h"

namespace kiln {

void register_provisioners(Registry& registry) {
    registry.add_provisioner(
        "breakpoint", component_factory<Provisioner, BreakpointProvisioner>(breakpoint_schema));
    registry.add_provisioner("file", component_factory<Provisioner, FileProvisioner>(file_schema));
    registry.add_provisioner("shell",
                             component_factory<Provisioner, ShellProvisioner>(shell_schema));
    registry.add_provisioner(
        "shell-local", component_factory<Provisioner, ShellLocalProvisioner>(local_shell_schema));
    registry.add_provisioner("sleep",
                             component_factory<Provisioner, SleepProvisioner>(sleep_schema));
}

}  // namespace kiln
