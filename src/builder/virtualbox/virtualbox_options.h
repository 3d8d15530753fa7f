#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/options/communicator_options.h"
#include "builder/options/guest_options.h"
#include "builder/options/iso_options.h"
#include "engine/registry.h"

/// Options of the VirtualBox builders, after their public documentation.
namespace kiln {

/// A new guest's hardware, of `virtualbox-iso`.
struct VirtualboxHardware {
    std::string guest_os_type = "Other";
    int cpus = 1;
    int memory = 512;
    std::string sound = "none";
    bool usb = false;
    std::string chipset = "piix3";
    std::string firmware = "bios";
    bool nested_virt = false;
    std::string rtc_time_base = "UTC";
    std::string nic_type = "82540EM";
    std::string audio_controller = "ac97";
    std::string gfx_controller;
    int gfx_vram_size = 4;
    bool gfx_accelerate_3d = false;
    std::string gfx_efi_resolution;
    int disk_size = 40000;
    std::vector<int> disk_additional_size;
    std::string hard_drive_interface = "ide";
    bool hard_drive_discard = false;
    bool hard_drive_nonrotational = false;
    std::string iso_interface = "ide";
    int sata_port_count = 1;
    int nvme_port_count = 1;
};

/// The guest additions, of the builders that start from an ISO or an OVF.
struct VirtualboxAdditions {
    std::string guest_additions_mode = "upload";
    std::string guest_additions_path = "VBoxGuestAdditions.iso";
    std::string guest_additions_url;
    std::string guest_additions_sha256;
    std::string guest_additions_interface;
};

/// What all VirtualBox builders share.
struct VirtualboxOptions {
    VirtualboxAdditions additions;
    std::vector<std::vector<std::string>> vboxmanage;
    std::vector<std::vector<std::string>> vboxmanage_post;
    bool headless = false;
    std::string vrdp_bind_address = "127.0.0.1";
    int vrdp_port_min = 5900;
    int vrdp_port_max = 6000;
    int host_port_min = 2222;
    int host_port_max = 4444;
    bool skip_nat_mapping = false;
    bool ssh_listen_on_localhost = true;
    std::optional<std::string> virtualbox_version_file = ".vbox_version";  ///< "": none
    bool bundle_iso = false;
    bool keep_registered = false;
    bool skip_export = false;
    std::string format = "ovf";
    std::vector<std::string> export_opts;
    std::string output_directory;
    std::string output_filename;
    Duration post_shutdown_delay{0};
    bool disable_shutdown = false;
    bool acpi_shutdown = false;
    http::HttpOptions http;
    BootOptions boot;
    MediaOptions media;
    ShutdownOptions shutdown;
    CommunicatorOptions communicator;
};

Schema<VirtualboxHardware> virtualbox_hardware_schema();
Schema<VirtualboxOptions> virtualbox_schema();

/// `virtualbox-iso`, `virtualbox-ovf` and `virtualbox-vm`.
void add_virtualbox_builders(Registry& registry);

}  // namespace kiln
