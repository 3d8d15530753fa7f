#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/vsphere/vsphere_options.h"

namespace kiln {

/// `linux_options` of a `customize` block.
struct VsphereLinuxIdentity {
    std::string domain;
    std::string host_name;
    std::string hw_clock_utc;
    std::string time_zone;
};

/// `windows_options` of a `customize` block.
struct VsphereWindowsIdentity {
    std::vector<std::string> run_once_command_list;
    bool auto_logon = false;
    int auto_logon_count = 0;
    std::string admin_password;
    int time_zone = 85;
    std::string workgroup;
    std::string join_domain;
    std::string domain_admin_user;
    std::string domain_admin_password;
    std::string computer_name;
    std::string full_name;
    std::string organization_name;
    std::string product_key;
};

/// `network_interface` of a `customize` block.
struct VsphereCustomInterface {
    std::vector<std::string> dns_server_list;
    std::string dns_domain;
    std::string ipv4_address;
    int ipv4_netmask = 0;
    std::string ipv6_address;
    int ipv6_netmask = 0;
};

/// A `customize` block: what vSphere changes in the clone.
struct VsphereCustomization {
    std::optional<VsphereLinuxIdentity> linux_options;
    std::optional<VsphereWindowsIdentity> windows_options;
    std::string windows_sysprep_file;
    std::string windows_sysprep_text;
    std::vector<VsphereCustomInterface> interfaces;
    std::string ipv4_gateway;
    std::string ipv6_gateway;
    std::vector<std::string> dns_server_list;
    std::vector<std::string> dns_suffix_list;
};

/// A `vapp` block.
struct VsphereVapp {
    std::map<std::string, std::string> properties;
    std::string deployment_option;
};

/// `vsphere-clone`: builds in a clone of a template of vSphere.
struct VsphereCloneOptions {
    VsphereOptions vsphere;
    VsphereStorage storage;
    std::string template_name;
    int disk_size = 0;
    bool linked_clone = false;
    std::string network;
    std::string mac_address;
    std::optional<VsphereVapp> vapp;
    std::optional<VsphereCustomization> customize;
};

Schema<VsphereCloneOptions> vsphere_clone_schema();

}  // namespace kiln
