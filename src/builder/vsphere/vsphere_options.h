#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/options/communicator_options.h"
#include "builder/options/guest_options.h"
#include "builder/options/iso_options.h"
#include "builder/vsphere/vsphere_guest.h"
#include "builder/vsphere/vsphere_results.h"

/// Options of the vSphere builders (spec/libvirt-vsphere-vagrant.md, section C1), in its groups.
namespace kiln {

struct VsphereConnection {
    std::string vcenter_server;
    std::string username;
    std::string password;
    bool insecure_connection = false;
    std::string datacenter;
};

struct VsphereLocation {
    std::string vm_name;
    std::string folder;
    std::string cluster;
    std::string host;
    std::string resource_pool;
    std::string datastore;
    std::string datastore_cluster;
    bool set_host_for_datastore_uploads = false;
};

struct VsphereMedia {
    MediaOptions media;
    IsoOptions iso;
    std::string floppy_img_path;
    std::vector<std::string> iso_paths;
    std::string cdrom_type;
    bool remove_cdrom = false;
    int reattach_cdroms = 0;
    bool local_cache_overwrite = false;
    bool remote_cache_overwrite = false;
    bool remote_cache_cleanup = false;
    std::string remote_cache_datastore;
    std::string remote_cache_path;
};

/// How the guest's address is found.
struct VsphereWait {
    Duration ip_wait_timeout = std::chrono::minutes(30);
    Duration ip_settle_timeout = std::chrono::seconds(5);
    std::optional<std::string> ip_wait_address = "0.0.0.0/0";  ///< "": any
};

/// What `vsphere-iso` and `vsphere-clone` share.
struct VsphereOptions {
    VsphereConnection connection;
    VsphereLocation location;
    VsphereHardware hardware;
    VsphereSettings settings;
    VsphereMedia media;
    BootOptions boot;
    std::string boot_order;
    http::HttpOptions http;
    std::string http_ip;
    VsphereWait wait;
    CommunicatorOptions communicator;
    ShutdownOptions shutdown;
    bool disable_shutdown = false;
    VsphereResults results;
    std::string notes;
    bool destroy = false;
};

Schema<VsphereOptions> vsphere_schema();

}  // namespace kiln
