#include <filesystem>

#include "base/file.h"
#include "engine/declared.h"
#include "engine/late_text.h"
#include "engine/option_checks.h"
#include "provisioner/config_management/config_management.h"
#include "provisioner/windows/elevated_options.h"

namespace kiln {
namespace {

/// What both puppet provisioners share (spec/components.md, section 3.10).
struct PuppetOptions {
    std::map<std::string, std::string> facter;
    std::vector<std::string> extra_arguments;
    std::string puppet_bin_dir;
    bool prevent_sudo = false;
    bool ignore_exit_codes = false;
    std::string working_directory;
    std::string execute_command;
    std::string guest_os_type = "unix";
    ElevatedOptions elevated;
};

struct PuppetMasterlessOptions {
    PuppetOptions puppet;
    std::string manifest_file;
    std::string manifest_dir;
    std::vector<std::string> module_paths;
    std::string hiera_config_path;
    std::string staging_directory;
    bool clean_staging_directory = false;
};

struct PuppetServerOptions {
    PuppetOptions puppet;
    std::string puppet_server;
    std::string puppet_node;
    std::string client_cert_path;
    std::string client_private_key_path;
    std::string staging_dir;
};

Schema<PuppetOptions> puppet_schema();
Schema<PuppetMasterlessOptions> puppet_masterless_schema();
Schema<PuppetServerOptions> puppet_server_schema();
void check_masterless(const PuppetMasterlessOptions& options, Problems& problems);

}  // namespace

void add_puppet_provisioners(Registry& registry) {
    const std::string why =
        "Provisioning with Puppet comes with a later version of kiln. A file and a shell "
        "provisioner can send the manifests and run Puppet in the guest.";
    registry.add_provisioner("puppet-masterless",
                             declared_factory<Provisioner>(puppet_masterless_schema, why));
    registry.add_provisioner("puppet-server",
                             declared_factory<Provisioner>(puppet_server_schema, why));
}

namespace {

Schema<PuppetOptions> puppet_schema() {
    using O = PuppetOptions;
    Schema<O> schema("puppet", "Puppet in the guest.");
    schema
        .option("facter", &O::facter,
                "Facts for Puppet, by name; packer_build_name and packer_builder_type are added.")
        .option("extra_arguments", &O::extra_arguments, "More arguments for Puppet.")
        .option("puppet_bin_dir", &O::puppet_bin_dir, "Where Puppet is in the guest.")
        .option("prevent_sudo", &O::prevent_sudo, "Run Puppet without sudo.")
        .option("ignore_exit_codes", &O::ignore_exit_codes, "Take every exit status as success.")
        .option("working_directory", &O::working_directory, "Where Puppet runs in the guest.")
        .default_is("the staging directory")
        .option("execute_command", &O::execute_command, "The command line that runs Puppet.")
        .rendered_late()
        .default_is("Puppet with the generated arguments, with sudo")
        .option("guest_os_type", &O::guest_os_type, "The kind of the guest.")
        .one_of({"unix", "windows"})
        .include(&O::elevated, elevated_schema())
        .check([](const O& options, Problems& problems) {
            check_late_text("execute_command", options.execute_command, problems);
        });
    return schema;
}

Schema<PuppetMasterlessOptions> puppet_masterless_schema() {
    using O = PuppetMasterlessOptions;
    Schema<O> schema("puppet-masterless", "Runs Puppet in the guest with manifests of this host.");
    schema
        .option("manifest_file", &O::manifest_file, "The manifest to apply: a file or a directory.")
        .required()
        .option("manifest_dir", &O::manifest_dir, "A directory of manifests to send.")
        .option("module_paths", &O::module_paths, "Directories of modules to send.")
        .option("hiera_config_path", &O::hiera_config_path, "Hiera's configuration to send.")
        .option("staging_directory", &O::staging_directory, "Where the files go in the guest.")
        .default_is("\"/tmp/packer-puppet-masterless\"")
        .option("clean_staging_directory", &O::clean_staging_directory,
                "Remove that directory afterwards.")
        .include(&O::puppet, puppet_schema())
        .check(check_masterless);
    return schema;
}

void check_masterless(const PuppetMasterlessOptions& options, Problems& problems) {
    if (!std::filesystem::exists(expand_home(options.manifest_file))) {
        problems.error("manifest_file",
                       fmt::format("manifest_file: {} does not exist.", options.manifest_file));
    }
    option_check::directory_exists("manifest_dir", options.manifest_dir, problems);
    option_check::file_exists("hiera_config_path", options.hiera_config_path, problems);
    for (const auto& path : options.module_paths) {
        option_check::directory_exists("module_paths", path, problems);
    }
}

Schema<PuppetServerOptions> puppet_server_schema() {
    using O = PuppetServerOptions;
    Schema<O> schema("puppet-server", "Runs Puppet in the guest against a Puppet server.");
    schema.option("puppet_server", &O::puppet_server, "The Puppet server.")
        .option("puppet_node", &O::puppet_node, "The guest's name at the server.")
        .option("client_cert_path", &O::client_cert_path, "A directory of certificates to send.")
        .option("client_private_key_path", &O::client_private_key_path,
                "A directory of private keys to send.")
        .option("staging_dir", &O::staging_dir, "Where the files go in the guest.")
        .default_is("\"/tmp/packer-puppet-server\"")
        .include(&O::puppet, puppet_schema())
        .check([](const O& options, Problems& problems) {
            option_check::directory_exists("client_cert_path", options.client_cert_path, problems);
            option_check::directory_exists("client_private_key_path",
                                           options.client_private_key_path, problems);
        });
    return schema;
}

}  // namespace
}  // namespace kiln
