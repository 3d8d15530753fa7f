#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/schema.h"

namespace kiln {

/// An `export` block: the guest as files on this host.
struct VsphereExport {
    std::string name;
    bool force = false;
    std::string output_directory;
    std::string directory_permission;
    std::string output_format = "ovf";
    std::string manifest = "sha256";
    bool image_files = false;
    std::vector<std::string> options;
};

/// A `content_library_destination` block.
struct VsphereLibrary {
    std::string library;
    std::string name;
    std::string description;
    std::string cluster;
    std::string host;
    std::string resource_pool;
    std::string folder;
    std::string datastore;
    bool ovf = false;
    std::vector<std::string> ovf_flags;
    bool destroy = false;
    bool skip_import = false;
};

/// What becomes of the finished guest.
struct VsphereResults {
    bool remove_network_adapter = false;
    bool create_snapshot = false;
    std::string snapshot_name;
    bool convert_to_template = false;
    std::optional<VsphereExport> exporting;
    std::optional<VsphereLibrary> library;
};

Schema<VsphereResults> vsphere_results_schema();

}  // namespace kiln
