#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/options/communicator_options.h"
#include "builder/options/guest_options.h"
#include "engine/registry.h"

namespace kiln {

/// A `network_interface` block (spec/libvirt-vsphere-vagrant.md, section A3).
struct LibvirtNetworkInterface {
    std::string type;
    std::string network = "default";
    std::string bridge;
    std::string mac;
    std::string model = "virtio";
    std::string alias;
};

/// Where a volume's content comes from (section A4); `type` tells which members count.
struct LibvirtVolumeSource {
    std::string type;
    std::vector<std::string> urls;
    std::string checksum;
    std::string meta_data;
    std::string user_data;
    std::string network_config;
    std::vector<std::string> files;
    std::map<std::string, std::string> contents;
    std::string label;
    std::string pool;
    std::string volume;
    std::string path;
};

/// A `volume` block (section A4).
struct LibvirtVolume {
    std::string pool = "default";
    std::string name;
    std::optional<LibvirtVolumeSource> source;
    std::string capacity;
    std::string size;
    std::string format;
    std::string device = "disk";
    std::string bus;
    std::string target_dev;
    bool readonly = false;
    std::string alias;
};

/// A `graphics` block (section A5).
struct LibvirtGraphics {
    std::string type;
    std::string display;
    int port = 0;
};

/// The options of `libvirt` (section A2).
struct LibvirtOptions {
    std::string libvirt_uri;
    std::string domain_name;
    int memory = 512;
    int vcpu = 1;
    std::string cpu_mode;
    std::string domain_type = "kvm";
    std::string arch = "x86_64";
    std::string chipset;
    std::string loader_path;
    std::string loader_type;
    bool secure_boot = false;
    std::string nvram_path;
    std::string nvram_template;
    std::vector<std::string> boot_devices = {"hd"};
    std::vector<LibvirtNetworkInterface> network_interfaces;
    std::string communicator_interface;
    std::string network_address_source = "agent";
    std::vector<LibvirtVolume> volumes;
    std::string artifact_volume_alias;
    std::vector<LibvirtGraphics> graphics;
    std::string shutdown_mode = "auto";
    Duration shutdown_timeout = std::chrono::minutes(5);
    std::optional<CommunicatorOptions> communicator;
    std::vector<std::string> boot_command;
    Duration boot_wait{0};
    Duration boot_keygroup_interval{0};
    Duration key_hold_time{0};
};

Schema<LibvirtOptions> libvirt_schema();

void add_libvirt_builder(Registry& registry);

}  // namespace kiln
