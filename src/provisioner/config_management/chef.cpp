#include "engine/declared.h"
#include "engine/late_text.h"
#include "engine/option_checks.h"
#include "provisioner/config_management/config_management.h"
#include "provisioner/windows/elevated_options.h"

namespace kiln {
namespace {

/// What `chef-solo` and `chef-client` share (spec/components.md, section 3.10).
struct ChefOptions {
    std::string guest_os_type = "unix";
    std::string staging_directory;
    std::string execute_command;
    std::string install_command;
    bool skip_install = false;
    std::string version;
    std::string chef_license = "accept-silent";
    std::string chef_environment;
    std::string config_template;
    std::vector<std::string> run_list;
    std::string json_string;
    bool prevent_sudo = false;
    std::string encrypted_data_bag_secret_path;
};

struct ChefSoloOptions {
    ChefOptions chef;
    std::vector<std::string> cookbook_paths;
    std::vector<std::string> remote_cookbook_paths;
    std::string roles_path;
    std::string data_bags_path;
    std::string environments_path;
};

struct ChefClientOptions {
    ChefOptions chef;
    ElevatedOptions elevated;
    std::string server_url;
    std::string node_name;
    std::string client_key;
    std::string validation_key_path;
    std::string validation_client_name;
    std::string policy_name;
    std::string policy_group;
    std::string ssl_verify_mode;
    std::string trusted_certs_dir;
    std::string rubygems_url;
    std::string knife_command;
    bool skip_clean_node = false;
    bool skip_clean_client = false;
    bool skip_clean_staging_directory = false;
};

Schema<ChefOptions> chef_schema();
Schema<ChefSoloOptions> chef_solo_schema();
Schema<ChefClientOptions> chef_client_schema();
void check_chef(const ChefOptions& options, Problems& problems);

}  // namespace

void add_chef_provisioners(Registry& registry) {
    const std::string why =
        "Provisioning with Chef comes with a later version of kiln. A file and a shell provisioner "
        "can send the cookbooks and run Chef in the guest.";
    registry.add_provisioner("chef-solo", declared_factory<Provisioner>(chef_solo_schema, why));
    registry.add_provisioner("chef-client", declared_factory<Provisioner>(chef_client_schema, why));
}

namespace {

Schema<ChefOptions> chef_schema() {
    using O = ChefOptions;
    Schema<O> schema("chef", "Chef in the guest.");
    schema.option("run_list", &O::run_list, "Chef's run list.")
        .option("json_string", &O::json_string, "The node's attributes: the text of a JSON object.")
        .option("guest_os_type", &O::guest_os_type, "The kind of the guest.")
        .one_of({"unix", "windows"})
        .option("staging_directory", &O::staging_directory, "Where the files go in the guest.")
        .default_is(
            "\"/tmp/packer-chef-solo\" or \"/tmp/packer-chef-client\"; on Windows below "
            "\"C:/Windows/Temp\"")
        .option("execute_command", &O::execute_command, "The command line that runs Chef.")
        .rendered_late()
        .default_is("Chef with the generated configuration, with sudo")
        .option("install_command", &O::install_command, "The command line that installs Chef.")
        .rendered_late()
        .default_is("Chef's installation script")
        .option("skip_install", &O::skip_install, "Chef is installed in the guest already.")
        .option("version", &O::version, "The version of Chef to install.")
        .option("chef_license", &O::chef_license, "How Chef's licence is accepted.")
        .option("chef_environment", &O::chef_environment, "The Chef environment.")
        .option("config_template", &O::config_template,
                "A file for Chef's configuration, in place of the generated one.")
        .option("encrypted_data_bag_secret_path", &O::encrypted_data_bag_secret_path,
                "The key of encrypted data bags.")
        .option("prevent_sudo", &O::prevent_sudo, "Run Chef without sudo.")
        .check(check_chef);
    return schema;
}

void check_chef(const ChefOptions& options, Problems& problems) {
    option_check::file_exists("config_template", options.config_template, problems);
    option_check::file_exists("encrypted_data_bag_secret_path",
                              options.encrypted_data_bag_secret_path, problems);
    option_check::is_json("json_string", options.json_string, option_check::JsonShape::Object,
                          problems);
    check_late_text("execute_command", options.execute_command, problems);
    check_late_text("install_command", options.install_command, problems);
}

Schema<ChefSoloOptions> chef_solo_schema() {
    using O = ChefSoloOptions;
    Schema<O> schema("chef-solo", "Runs Chef in the guest with cookbooks of this host.");
    schema.include(&O::chef, chef_schema())
        .option("cookbook_paths", &O::cookbook_paths, "Directories of cookbooks to send.")
        .option("remote_cookbook_paths", &O::remote_cookbook_paths,
                "Directories of cookbooks that are in the guest already.")
        .option("roles_path", &O::roles_path, "A directory of roles to send.")
        .option("data_bags_path", &O::data_bags_path, "A directory of data bags to send.")
        .option("environments_path", &O::environments_path, "A directory of environments to send.")
        .check([](const O& options, Problems& problems) {
            for (const auto& path : options.cookbook_paths) {
                option_check::directory_exists("cookbook_paths", path, problems);
            }
            option_check::directory_exists("roles_path", options.roles_path, problems);
            option_check::directory_exists("data_bags_path", options.data_bags_path, problems);
            option_check::directory_exists("environments_path", options.environments_path,
                                           problems);
        });
    return schema;
}

Schema<ChefClientOptions> chef_client_schema() {
    using O = ChefClientOptions;
    Schema<O> schema("chef-client", "Runs Chef in the guest against a Chef server.");
    schema.include(&O::chef, chef_schema())
        .option("server_url", &O::server_url, "The Chef server.")
        .required()
        .option("node_name", &O::node_name, "The guest's name at the server.")
        .default_is("\"packer-UUID\"")
        .option("client_key", &O::client_key, "Where the client's key is in the guest.")
        .default_is("\"STAGING_DIRECTORY/client.pem\"")
        .option("validation_key_path", &O::validation_key_path, "The validation key to send.")
        .option("validation_client_name", &O::validation_client_name, "The validation client.")
        .option("policy_name", &O::policy_name, "The policy; goes with policy_group.")
        .option("policy_group", &O::policy_group, "The policy group; goes with policy_name.")
        .option("ssl_verify_mode", &O::ssl_verify_mode, "Whether Chef checks certificates.")
        .one_of({"verify_none", "verify_peer"})
        .option("trusted_certs_dir", &O::trusted_certs_dir, "Certificates that Chef trusts.")
        .option("rubygems_url", &O::rubygems_url, "A server of Ruby packages.")
        .option("knife_command", &O::knife_command, "The command line that runs knife.")
        .rendered_late()
        .default_is("knife with the generated configuration, with sudo")
        .option("skip_clean_node", &O::skip_clean_node, "Leave the node at the server.")
        .option("skip_clean_client", &O::skip_clean_client, "Leave the client at the server.")
        .option("skip_clean_staging_directory", &O::skip_clean_staging_directory,
                "Leave the files in the guest.")
        .include(&O::elevated, elevated_schema())
        .check([](const O& options, Problems& problems) {
            if (options.policy_name.empty() != options.policy_group.empty()) {
                problems.error("policy_name", "policy_name and policy_group must both be set.");
            }
            option_check::file_exists("validation_key_path", options.validation_key_path, problems);
        });
    return schema;
}

}  // namespace
}  // namespace kiln
