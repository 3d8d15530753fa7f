#include "post_processor/vagrant/vagrant_options.h"

#include <algorithm>
#include <cstdlib>

#include "engine/late_text.h"
#include "engine/option_checks.h"

namespace kiln {
namespace {

void check_vagrant(const VagrantOptions& options, Problems& problems);
Schema<VagrantUploadOptions> upload_schema();
void check_upload(const VagrantUploadOptions& options, Problems& problems);
bool in_environment(std::initializer_list<const char*> names);

}  // namespace

Schema<VagrantOptions> vagrant_schema() {
    using O = VagrantOptions;
    Schema<O> schema("vagrant", "Packs the disks into a Vagrant box.");
    schema
        .option("output", &O::output,
                "The box to make; `{{.Provider}}`, `{{.Architecture}}`, `{{.BuildName}}` and "
                "`{{.ArtifactId}}` can be used.")
        .rendered_late()
        .option("compression_level", &O::compression_level,
                "From 0 (a tar without compression) to 9; -1: the usual.")
        .option("include", &O::include, "Files to put into the box beside the disks.")
        .option("vagrantfile_template", &O::vagrantfile_template,
                "A Vagrantfile for the box, with the same `{{ }}` as `output`.")
        .option("vagrantfile_template_generated", &O::vagrantfile_template_generated,
                "The build makes that file: do not look for it before.")
        .option("architecture", &O::architecture, "The architecture in the box's metadata.")
        .default_is("that of this host")
        .option("provider_override", &O::provider_override,
                "The provider, where the artifact does not tell it.")
        .one_of({"aws", "azure", "digitalocean", "docker", "file", "google", "hyperv", "libvirt",
                 "lxc", "parallels", "scaleway", "virtualbox", "vmware"})
        .ignored("override", OptionType::StringMap, "Options per provider, in legacy templates.")
        .check(check_vagrant);
    return schema;
}

Schema<VagrantCloudOptions> vagrant_cloud_schema() {
    using O = VagrantCloudOptions;
    Schema<O> schema("vagrant-cloud", "Publishes a Vagrant box in Vagrant Cloud.");
    schema.include(&O::upload, upload_schema())
        .option("access_token", &O::access_token, "The token to log in with.")
        .sensitive()
        .default_is("VAGRANT_CLOUD_TOKEN")
        .option("vagrant_cloud_url", &O::vagrant_cloud_url, "The address of the service.")
        .check([](const O& options, Problems& problems) {
            if (options.vagrant_cloud_url == O{}.vagrant_cloud_url &&
                options.access_token.empty() &&
                !in_environment({"VAGRANT_CLOUD_TOKEN", "ATLAS_TOKEN"})) {
                problems.error("access_token",
                               "access_token must be set if vagrant_cloud_url has not been "
                               "overridden (or VAGRANT_CLOUD_TOKEN in the environment).");
            }
        });
    return schema;
}

Schema<VagrantRegistryOptions> vagrant_registry_schema() {
    using O = VagrantRegistryOptions;
    Schema<O> schema("vagrant-registry", "Publishes a Vagrant box in the HCP registry.");
    schema.include(&O::upload, upload_schema())
        .option("client_id", &O::client_id, "The service principal's id.")
        .default_is("HCP_CLIENT_ID")
        .option("client_secret", &O::client_secret, "The service principal's secret.")
        .sensitive()
        .default_is("HCP_CLIENT_SECRET")
        .option("box_description", &O::box_description, "The box's description.")
        .option("box_private", &O::box_private, "Keep the box private.")
        .option("hcp_api_address", &O::hcp_api_address, "The address of the service.")
        .option("hcp_auth_url", &O::hcp_auth_url, "The address to log in at.")
        .check([](const O& options, Problems& problems) {
            if (options.client_id.empty() && !in_environment({"HCP_CLIENT_ID"})) {
                problems.error("client_id",
                               "client_id must be set (or HCP_CLIENT_ID in the environment).");
            }
            if (options.client_secret.empty() && !in_environment({"HCP_CLIENT_SECRET"})) {
                problems.error("client_secret",
                               "client_secret must be set (or HCP_CLIENT_SECRET in "
                               "the environment).");
            }
        });
    return schema;
}

namespace {

void check_vagrant(const VagrantOptions& options, Problems& problems) {
    check_late_text("output", options.output, problems);
    if (options.compression_level < -1 || options.compression_level > 9) {
        problems.error("compression_level", "compression_level must be from -1 to 9.");
    }
    if (!options.vagrantfile_template_generated) {
        option_check::file_exists("vagrantfile_template", options.vagrantfile_template, problems);
    }
}

Schema<VagrantUploadOptions> upload_schema() {
    using O = VagrantUploadOptions;
    Schema<O> schema("upload", "Publishing a Vagrant box.");
    schema.option("box_tag", &O::box_tag, "The box: \"USER/NAME\".")
        .required()
        .option("version", &O::version, "The version of the box.")
        .required()
        .option("version_description", &O::version_description, "The version's description.")
        .option("no_release", &O::no_release, "Do not release the version.")
        .option("no_direct_upload", &O::no_direct_upload,
                "Send the box by way of the service, not straight to its storage.")
        .option("architecture", &O::architecture, "The architecture of the box.")
        .default_is("that in the box's metadata")
        .option("default_architecture", &O::default_architecture,
                "The architecture that counts when a user names none.")
        .option("box_download_url", &O::box_download_url,
                "Where the box can be fetched; it is not sent then.")
        .rendered_late()
        .option("box_checksum", &O::box_checksum, "The box's checksum: \"TYPE:HEX\".")
        .option("insecure_skip_tls_verify", &O::insecure_skip_tls_verify,
                "Do not check the service's certificate.")
        .check(check_upload);
    return schema;
}

void check_upload(const VagrantUploadOptions& options, Problems& problems) {
    check_late_text("box_download_url", options.box_download_url, problems);
    const std::size_t slash = options.box_tag.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == options.box_tag.size()) {
        problems.error("box_tag",
                       fmt::format("box_tag \"{}\" must be USER/NAME.", options.box_tag));
    }
    if (options.box_checksum.empty()) return;
    const std::size_t colon = options.box_checksum.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == options.box_checksum.size()) {
        problems.error("box_checksum",
                       fmt::format("box_checksum \"{}\" must be TYPE:HEX.", options.box_checksum));
    }
}

bool in_environment(std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), [](const char* name) {
        const char* value = std::getenv(name);
        return value != nullptr && *value != '\0';
    });
}

}  // namespace
}  // namespace kiln
