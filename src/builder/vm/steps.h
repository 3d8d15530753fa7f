#pragma once

#include <memory>
#include <vector>

#include "builder/vm/vm_state.h"
#include "engine/step.h"

namespace kiln {

// The steps of a VM build, one maker each; `state` must outlive the step.

std::unique_ptr<Step> make_download_step(VmState& state);
std::unique_ptr<Step> make_output_directory_step(VmState& state);
std::unique_ptr<Step> make_cd_step(VmState& state);
std::unique_ptr<Step> make_disks_step(VmState& state);
std::unique_ptr<Step> make_http_server_step(VmState& state);
std::unique_ptr<Step> make_host_port_step(VmState& state);
std::unique_ptr<Step> make_ssh_key_step(VmState& state);
std::unique_ptr<Step> make_guest_step(VmState& state);
std::unique_ptr<Step> make_boot_command_step(VmState& state);
std::unique_ptr<Step> make_connect_step(VmState& state);
std::unique_ptr<Step> make_provision_step(VmState& state);
std::unique_ptr<Step> make_remove_key_step(VmState& state);
std::unique_ptr<Step> make_shutdown_step(VmState& state);
std::unique_ptr<Step> make_seal_step(VmState& state);

}  // namespace kiln
