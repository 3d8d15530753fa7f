#pragma once

#include <string>
#include <vector>

#include "builder/options/communicator_options.h"
#include "builder/options/guest_options.h"
#include "engine/registry.h"

namespace kiln {

/// The options of the `vagrant` builder (spec/libvirt-vsphere-vagrant.md, section E).
struct VagrantBuilderOptions {
    std::string source_path;
    std::string global_id;
    std::string provider;
    std::string box_name;
    std::string box_version;
    std::string checksum;
    std::string teardown_method;
    std::string output_dir;
    bool skip_add = false;
    bool skip_package = false;
    std::optional<bool> insert_key;
    std::string synced_folder;
    std::string template_path;
    std::vector<std::string> package_include;
    std::string output_vagrantfile;
    std::string add_cacert;
    std::string add_capath;
    std::string add_cert;
    bool add_clean = false;
    bool add_force = false;
    bool add_insecure = false;
    http::HttpOptions http;
    MediaOptions media;
    BootOptions boot;
    ShutdownOptions shutdown;
    CommunicatorOptions communicator;
};

Schema<VagrantBuilderOptions> vagrant_builder_schema();

void add_vagrant_builder(Registry& registry);

}  // namespace kiln
