#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/options/communicator_options.h"
#include "builder/options/guest_options.h"

namespace kiln {

/// The disks of a VMware guest (spec/vmware-builder.md, section 2.2).
struct VmwareDiskOptions {
    std::string vmdk_name = "disk";
    std::vector<int> disk_additional_size;
    std::string disk_adapter_type = "lsilogic";
    std::string disk_type_id;
};

/// Window and VNC (section 2.3).
struct VmwareConsoleOptions {
    bool headless = false;
    std::string vnc_bind_address = "127.0.0.1";
    int vnc_port_min = 5900;
    int vnc_port_max = 6000;
    bool vnc_disable_password = false;
    bool vnc_over_websocket = false;
    bool insecure_connection = false;
};

/// Changes to the VMX file (section 2.4).
struct VmxOptions {
    std::map<std::string, std::string> vmx_data;
    std::map<std::string, std::string> vmx_data_post;
    bool vmx_remove_ethernet_interfaces = false;
    std::string display_name;
};

/// VMware's tools (section 2.5).
struct VmwareToolsOptions {
    std::string tools_mode;
    std::string tools_upload_flavor;
    std::string tools_source_path;
    std::string tools_upload_path;
};

/// What becomes of the finished guest (section 2.6).
struct VmwareExportOptions {
    std::string format;
    std::vector<std::string> ovftool_options;
    bool skip_export = false;
    bool skip_compaction = false;
    bool keep_registered = false;
};

/// A remote ESXi host (section 2.6, of the plugin's first generation).
struct EsxiOptions {
    std::string remote_type;
    std::string remote_host;
    int remote_port = 22;
    std::string remote_username = "root";
    std::string remote_password;
    std::string remote_private_key_file;
    std::string remote_datastore = "datastore1";
    std::string remote_output_directory;
    std::string remote_cache_datastore;
    std::string remote_cache_directory = "packer_cache";
    bool cleanup_remote_cache = false;
    bool skip_validate_credentials = false;

    bool is_remote() const { return !remote_type.empty(); }
};

/// What `vmware-iso` and `vmware-vmx` share.
struct VmwareOptions {
    http::HttpOptions http;
    BootOptions boot;
    MediaOptions media;
    ShutdownOptions shutdown;
    CommunicatorOptions communicator;
    VmwareDiskOptions disks;
    VmwareConsoleOptions console;
    VmxOptions vmx;
    VmwareToolsOptions tools;
    VmwareExportOptions exporting;
    EsxiOptions esxi;
    std::string vm_name;
    std::string snapshot_name;
    std::string output_directory;
    std::string fusion_app_path;
    bool ssh_skip_request_pty = false;
};

Schema<VmwareOptions> vmware_schema();

}  // namespace kiln
