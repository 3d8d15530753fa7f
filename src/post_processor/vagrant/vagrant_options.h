#pragma once

#include <string>
#include <vector>

#include "base/schema.h"

namespace kiln {

/// The options of `vagrant` (spec/libvirt-vsphere-vagrant.md, section D1).
struct VagrantOptions {
    std::string output = "packer_{{ .BuildName }}_{{ .Provider }}_{{ .Architecture }}.box";
    int compression_level = -1;
    std::vector<std::string> include;
    std::string vagrantfile_template;
    bool vagrantfile_template_generated = false;
    std::string architecture;
    std::string provider_override;
};

Schema<VagrantOptions> vagrant_schema();

/// What `vagrant-cloud` and `vagrant-registry` share (section E).
struct VagrantUploadOptions {
    std::string box_tag;
    std::string version;
    std::string version_description;
    bool no_release = false;
    bool no_direct_upload = false;
    std::string architecture;
    std::string default_architecture;
    std::string box_download_url;
    std::string box_checksum;
    bool insecure_skip_tls_verify = false;
};

struct VagrantCloudOptions {
    VagrantUploadOptions upload;
    std::string access_token;
    std::string vagrant_cloud_url = "https://vagrantcloud.com/api/v2";
};

struct VagrantRegistryOptions {
    VagrantUploadOptions upload;
    std::string client_id;
    std::string client_secret;
    std::string box_description;
    bool box_private = false;
    std::string hcp_api_address;
    std::string hcp_auth_url;
};

Schema<VagrantCloudOptions> vagrant_cloud_schema();
Schema<VagrantRegistryOptions> vagrant_registry_schema();

}  // namespace kiln
