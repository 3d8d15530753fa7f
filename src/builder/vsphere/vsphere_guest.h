#pragma once

#include <string>
#include <vector>

#include "base/schema.h"

namespace kiln {

/// `pci_passthrough_allowed_device`: a host device that the guest may get.
struct VspherePciDevice {
    std::string vendor_id;
    std::string device_id;
    std::string sub_vendor_id;
    std::string sub_device_id;
};

/// The guest's hardware; the names' capitals are the peer's.
struct VsphereHardware {
    int cpus = 0;
    int cpu_cores = 0;
    int cpu_reservation = 0;
    int cpu_limit = 0;
    bool cpu_hot_plug = false;
    int ram = 0;
    int ram_reservation = 0;
    bool ram_reserve_all = false;
    bool ram_hot_plug = false;
    int video_ram = 0;
    int displays = 0;
    std::string vgpu_profile;
    bool nested_hv = false;
    std::string firmware;
    bool force_bios_setup = false;
    bool vtpm = false;
    std::string precision_clock;
    std::vector<VspherePciDevice> pci_devices;
    bool vbs_enabled = false;
    bool vvtd_enabled = false;
};
Schema<VsphereHardware> vsphere_hardware_schema();

/// Entries of the VMX file, and the guest's tools.
struct VsphereSettings {
    std::map<std::string, std::string> configuration_parameters;
    bool tools_sync_time = false;
    bool tools_sync_time_periodically = false;
    bool tools_upgrade_policy = false;
};
Schema<VsphereSettings> vsphere_settings_schema();

/// A `storage` block.
struct VsphereDisk {
    int disk_size = 0;
    bool disk_thin_provisioned = false;
    bool disk_eagerly_scrub = false;
    int disk_controller_index = 0;
};

/// Disks and their controllers.
struct VsphereStorage {
    std::vector<std::string> disk_controller_type;
    std::vector<VsphereDisk> storage;
};
Schema<VsphereStorage> vsphere_storage_schema();

/// A `network_adapters` block.
struct VsphereNetworkAdapter {
    std::string network;
    std::string network_card;
    std::string mac_address;
    bool passthrough = false;
};
Schema<VsphereNetworkAdapter> vsphere_network_adapter_schema();

}  // namespace kiln
