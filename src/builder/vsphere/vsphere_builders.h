#pragma once

#include "builder/vsphere/vsphere_options.h"
#include "engine/registry.h"

namespace kiln {

/// `vsphere-iso`: builds in a new guest of vSphere.
struct VsphereIsoOptions {
    VsphereOptions vsphere;
    VsphereStorage storage;
    std::vector<VsphereNetworkAdapter> network_adapters;
    std::vector<std::string> usb_controller;
    int vm_version = 0;
    std::string guest_os_type;
};

Schema<VsphereIsoOptions> vsphere_iso_schema();

/// `vsphere-iso` and `vsphere-clone`.
void add_vsphere_builders(Registry& registry);

}  // namespace kiln
