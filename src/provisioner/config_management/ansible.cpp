#include "engine/declared.h"
#include "engine/late_text.h"
#include "engine/option_checks.h"
#include "provisioner/config_management/config_management.h"

namespace kiln {
namespace {

/// What both provisioners say about Ansible Galaxy.
struct GalaxyOptions {
    std::string file;
    std::string command = "ansible-galaxy";
    bool force_install = false;
    bool force_with_deps = false;
    std::string roles_path;
    std::string collections_path;
};

/// The options of `ansible` (spec/components.md, section 3.10).
struct AnsibleOptions {
    std::string command = "ansible-playbook";
    std::string playbook_file;
    std::vector<std::string> extra_arguments;
    std::vector<std::string> ansible_env_vars;
    std::vector<std::string> ansible_ssh_extra_args = {"-o IdentitiesOnly=yes"};
    std::vector<std::string> groups;
    std::vector<std::string> empty_groups;
    std::string host_alias = "default";
    std::string user;
    int local_port = 0;
    std::string ssh_host_key_file;
    std::string ssh_authorized_key_file;
    std::string ansible_proxy_key_type = "ECDSA";
    std::string ansible_proxy_host = "127.0.0.1";
    std::string sftp_command = "/usr/lib/sftp-server -e";
    bool use_sftp = false;
    bool skip_version_check = false;
    std::string inventory_directory;
    std::string inventory_file;
    std::string inventory_file_template;
    bool keep_inventory_file = false;
    GalaxyOptions galaxy;
    std::optional<bool> use_proxy;
    bool ansible_winrm_use_http = false;
};

/// The options of `ansible-local`.
struct AnsibleLocalOptions {
    std::string command = "ANSIBLE_FORCE_COLOR=1 PYTHONUNBUFFERED=1 ansible-playbook";
    std::string playbook_file;
    std::vector<std::string> playbook_files;
    std::string playbook_dir;
    std::vector<std::string> playbook_paths;
    std::vector<std::string> role_paths;
    std::vector<std::string> collection_paths;
    std::string group_vars;
    std::string host_vars;
    std::string inventory_file;
    std::vector<std::string> inventory_groups;
    std::vector<std::string> extra_arguments;
    std::string staging_directory;
    bool clean_staging_directory = false;
    GalaxyOptions galaxy;
};

Schema<AnsibleOptions> ansible_schema();
Schema<AnsibleLocalOptions> ansible_local_schema();
Schema<GalaxyOptions> galaxy_schema();
void declare_connection(Schema<AnsibleOptions>& schema);
void check_ansible(const AnsibleOptions& options, Problems& problems);
void check_ansible_local(const AnsibleLocalOptions& options, Problems& problems);

}  // namespace

void add_ansible_provisioners(Registry& registry) {
    registry.add_provisioner(
        "ansible", declared_factory<Provisioner>(
                       ansible_schema,
                       "The provisioner ansible comes with a later version of kiln. A shell-local "
                       "provisioner can run ansible-playbook against the guest."));
    registry.add_provisioner(
        "ansible-local",
        declared_factory<Provisioner>(
            ansible_local_schema,
            "The provisioner ansible-local comes with a later version of kiln. A file and a shell "
            "provisioner can send the playbook and run it in the guest."));
}

namespace {

Schema<AnsibleOptions> ansible_schema() {
    using O = AnsibleOptions;
    Schema<O> schema("ansible", "Runs an Ansible playbook on this host against the guest.");
    schema.option("playbook_file", &O::playbook_file, "The playbook to run.")
        .required()
        .option("command", &O::command, "The program that runs playbooks.")
        .option("extra_arguments", &O::extra_arguments, "More arguments for that program.")
        .option("ansible_env_vars", &O::ansible_env_vars,
                "Variables for its environment, each as `NAME=value`.")
        .option("groups", &O::groups, "The inventory groups that the guest is in.")
        .option("empty_groups", &O::empty_groups, "Inventory groups without a host.")
        .option("host_alias", &O::host_alias, "The guest's name in the inventory.")
        .option("user", &O::user, "The user that Ansible logs in as.")
        .default_is("the local user, or the communicator's without the proxy")
        .option("inventory_directory", &O::inventory_directory,
                "Where the generated inventory is written.")
        .option("inventory_file", &O::inventory_file,
                "An inventory file in place of the generated one.")
        .option("inventory_file_template", &O::inventory_file_template,
                "The inventory's line for the guest, with `.HostAlias`, `.Host`, `.User`, `.Port`.")
        .rendered_late()
        .option("keep_inventory_file", &O::keep_inventory_file,
                "Leave the generated inventory where it is.")
        .option("skip_version_check", &O::skip_version_check,
                "Do not look whether Ansible is there and which version it is.")
        .include(&O::galaxy, galaxy_schema());
    declare_connection(schema);
    schema.check(check_ansible);
    return schema;
}

void declare_connection(Schema<AnsibleOptions>& schema) {
    using O = AnsibleOptions;
    schema
        .option("use_proxy", &O::use_proxy,
                "Reach the guest by a local SSH server that passes everything on.")
        .default_is("true")
        .option("local_port", &O::local_port, "The port of that server; 0: any free one.")
        .option("ssh_host_key_file", &O::ssh_host_key_file, "That server's host key.")
        .default_is("made for the run")
        .option("ssh_authorized_key_file", &O::ssh_authorized_key_file,
                "The public key that may log in at that server.")
        .default_is("made for the run")
        .option("ansible_proxy_key_type", &O::ansible_proxy_key_type,
                "The kind of the keys that are made for that server.")
        .one_of({"ECDSA", "RSA"})
        .option("ansible_proxy_host", &O::ansible_proxy_host,
                "The address at which Ansible reaches that server.")
        .option("ansible_ssh_extra_args", &O::ansible_ssh_extra_args,
                "More arguments for the SSH client that Ansible starts.")
        .option("sftp_command", &O::sftp_command, "The guest's command that serves SFTP.")
        .option("use_sftp", &O::use_sftp, "Send files by SFTP in place of SCP.")
        .option("ansible_winrm_use_http", &O::ansible_winrm_use_http,
                "Tell Ansible to use WinRM over HTTP.");
}

Schema<GalaxyOptions> galaxy_schema() {
    using O = GalaxyOptions;
    Schema<O> schema("galaxy", "Ansible Galaxy.");
    schema
        .option("galaxy_file", &O::file,
                "A requirements file; its roles and collections are installed first.")
        .option("galaxy_command", &O::command, "The program that installs them.")
        .option("galaxy_force_install", &O::force_install, "Install them even if they are there.")
        .option("galaxy_force_with_deps", &O::force_with_deps,
                "The same, with what they depend on.")
        .option("roles_path", &O::roles_path, "Where roles are installed.")
        .option("collections_path", &O::collections_path, "Where collections are installed.")
        .check([](const O& options, Problems& problems) {
            option_check::file_exists("galaxy_file", options.file, problems);
        });
    return schema;
}

void check_ansible(const AnsibleOptions& options, Problems& problems) {
    option_check::file_exists("playbook_file", options.playbook_file, problems);
    option_check::file_exists("ssh_host_key_file", options.ssh_host_key_file, problems);
    option_check::file_exists("ssh_authorized_key_file", options.ssh_authorized_key_file, problems);
    option_check::directory_exists("inventory_directory", options.inventory_directory, problems);
    if (options.local_port < 0 || options.local_port > 65535) {
        problems.error("local_port",
                       fmt::format("local_port is {}, not a port.", options.local_port));
    }
    for (const std::string& assignment : options.ansible_env_vars) {
        if (assignment.find('=') != std::string::npos) continue;
        problems.error(
            "ansible_env_vars",
            fmt::format("Environment variable not in format 'key=value': {}", assignment));
    }
    check_late_text("inventory_file_template", options.inventory_file_template, problems);
}

Schema<AnsibleLocalOptions> ansible_local_schema() {
    using O = AnsibleLocalOptions;
    Schema<O> schema("ansible-local", "Runs an Ansible playbook in the guest itself.");
    schema.option("playbook_file", &O::playbook_file, "The playbook to run.")
        .option("playbook_files", &O::playbook_files, "Several playbooks to run.")
        .option("playbook_dir", &O::playbook_dir, "A directory that is sent whole before.")
        .option("playbook_paths", &O::playbook_paths, "More playbook directories to send.")
        .option("role_paths", &O::role_paths, "Directories of roles to send.")
        .option("collection_paths", &O::collection_paths, "Directories of collections to send.")
        .option("group_vars", &O::group_vars, "A directory of group variables to send.")
        .option("host_vars", &O::host_vars, "A directory of host variables to send.")
        .option("command", &O::command, "The guest's command that runs playbooks.")
        .option("extra_arguments", &O::extra_arguments, "More arguments for that command.")
        .option("inventory_file", &O::inventory_file,
                "An inventory file in place of the generated one.")
        .option("inventory_groups", &O::inventory_groups, "The inventory groups the guest is in.")
        .option("staging_directory", &O::staging_directory, "Where the files go in the guest.")
        .default_is("\"/tmp/packer-provisioner-ansible-local/UUID\"")
        .option("clean_staging_directory", &O::clean_staging_directory,
                "Remove that directory afterwards.")
        .include(&O::galaxy, galaxy_schema())
        .check(check_ansible_local);
    return schema;
}

void check_ansible_local(const AnsibleLocalOptions& options, Problems& problems) {
    option_check::exactly_one({{"playbook_file", !options.playbook_file.empty()},
                               {"playbook_files", !options.playbook_files.empty()}},
                              problems);
    option_check::file_exists("playbook_file", options.playbook_file, problems);
    for (const auto& file : options.playbook_files) {
        option_check::file_exists("playbook_files", file, problems);
    }
    option_check::file_exists("inventory_file", options.inventory_file, problems);
    option_check::directory_exists("playbook_dir", options.playbook_dir, problems);
    option_check::directory_exists("group_vars", options.group_vars, problems);
    option_check::directory_exists("host_vars", options.host_vars, problems);
    const auto all_exist = [&](const char* option, const std::vector<std::string>& paths) {
        for (const auto& path : paths) {
            option_check::directory_exists(option, path, problems);
        }
    };
    all_exist("playbook_paths", options.playbook_paths);
    all_exist("role_paths", options.role_paths);
    all_exist("collection_paths", options.collection_paths);
}

}  // namespace
}  // namespace kiln
