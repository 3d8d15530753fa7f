#pragma once

#include <memory>

#include "builder/vm/vm_driver.h"
#include "builder/vm/vm_options.h"
#include "engine/artifact.h"
#include "engine/component.h"

namespace kiln {

/// What a VM build came to: its disks, and what provisioners and post-processors may know of it.
struct VmResult {
    SealedDisks sealed;
    std::filesystem::path output_directory;
    Setting::Map generated_data;
};

/// Runs the one recipe for VM builds over a hypervisor's driver: fetch the source, make disks and
/// media, serve files, start the guest, type, connect, provision, shut down, seal. Each step takes
/// back what it made; on failure nothing stays but logs and pictures.
VmResult build_vm(const VmOptions& options, const InterpolateContext& interpolation,
                  VmDriver& driver, BuildContext& context, ProvisionHook& hook);

}  // namespace kiln
