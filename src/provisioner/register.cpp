#include "provisioner/register.h"

#include "engine/declared.h"
#include "provisioner/breakpoint.h"
#include "provisioner/config_management/config_management.h"
#include "provisioner/file.h"
#include "provisioner/goss.h"
#include "provisioner/hcp_sbom.h"
#include "provisioner/shell.h"
#include "provisioner/shell_local.h"
#include "provisioner/sleep.h"
#include "provisioner/windows/powershell.h"
#include "provisioner/windows/windows_restart.h"
#include "provisioner/windows/windows_shell.h"
#include "provisioner/windows/windows_update.h"

namespace kiln {
namespace {

void add_windows_provisioners(Registry& registry);

}  // namespace

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
    add_windows_provisioners(registry);
    add_ansible_provisioners(registry);
    add_chef_provisioners(registry);
    add_puppet_provisioners(registry);
    add_salt_provisioner(registry);
    registry.add_provisioner(
        "hcp-sbom", declared_factory<Provisioner>(
                        hcp_sbom_schema, "Lists of software come with a later version of kiln."));
    registry.add_provisioner(
        "goss", declared_factory<Provisioner>(
                    goss_schema,
                    "The provisioner goss comes with a later version of kiln. A file and a shell "
                    "provisioner can send the tests and run goss in the guest."));
}

namespace {

void add_windows_provisioners(Registry& registry) {
    const std::string why = "Provisioning Windows guests comes with a later version of kiln.";
    registry.add_provisioner("powershell", declared_factory<Provisioner>(powershell_schema, why));
    registry.add_provisioner("windows-restart",
                             declared_factory<Provisioner>(windows_restart_schema, why));
    registry.add_provisioner("windows-shell",
                             declared_factory<Provisioner>(windows_shell_schema, why));
    registry.add_provisioner("windows-update",
                             declared_factory<Provisioner>(windows_update_schema, why));
}

}  // namespace
}  // namespace kiln
