#pragma once

#include "builder/options/iso_options.h"
#include "builder/vmware/vmware_options.h"
#include "engine/registry.h"

namespace kiln {

/// The hardware of a guest that is made from nothing (spec/vmware-builder.md, section 2.1).
struct VmwareHardwareOptions {
    std::string guest_os_type;
    int version = 21;
    std::string firmware;
    int cpus = 0;
    int cores = 0;
    int memory = 512;
    int disk_size = 40000;
    std::string cdrom_adapter_type;
    std::string network = "nat";
    std::string network_name;
    std::string network_adapter_type;
    bool sound = false;
    bool usb = false;
    std::string usb_version;
    std::string serial = "none";
    std::string parallel = "none";
    bool vhv_enabled = false;
    std::string vmx_template_path;
    std::string vmx_disk_template_path;
};

/// `vmware-iso`: builds in a VMware guest from an ISO.
struct VmwareIsoOptions {
    IsoOptions iso;
    VmwareHardwareOptions hardware;
    VmwareOptions vmware;
};

/// `vmware-vmx`: builds in a clone of a VMware guest.
struct VmwareVmxOptions {
    std::string source_path;
    bool linked = false;
    std::string attach_snapshot;
    std::string guest_os_type;
    int version = 21;
    std::string cdrom_adapter_type;
    VmwareOptions vmware;
};

Schema<VmwareIsoOptions> vmware_iso_schema();
Schema<VmwareVmxOptions> vmware_vmx_schema();

void add_vmware_builders(Registry& registry);

}  // namespace kiln
