#include "builder/vm/recipe.h"

#include "builder/vm/steps.h"

namespace kiln {

VmResult build_vm(const VmOptions& options, const InterpolateContext& interpolation,
                  VmDriver& driver, BuildContext& context, ProvisionHook& hook) {
    VmState state(options, interpolation, driver, hook, context.run.force);
    std::vector<std::unique_ptr<Step>> steps;
    steps.push_back(make_download_step(state));
    steps.push_back(make_output_directory_step(state));
    steps.push_back(make_cd_step(state));
    steps.push_back(make_disks_step(state));
    steps.push_back(make_http_server_step(state));
    steps.push_back(make_host_port_step(state));
    steps.push_back(make_ssh_key_step(state));
    steps.push_back(make_guest_step(state));
    steps.push_back(make_boot_command_step(state));
    steps.push_back(make_connect_step(state));
    steps.push_back(make_provision_step(state));
    steps.push_back(make_remove_key_step(state));
    steps.push_back(make_shutdown_step(state));
    steps.push_back(make_seal_step(state));
    run_steps(steps, context);
    return {state.sealed, state.plan.output_directory, state.build_values(context.run.run_uuid)};
}

}  // namespace kiln
