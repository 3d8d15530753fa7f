#include "engine/declared.h"
#include "engine/option_checks.h"
#include "provisioner/config_management/config_management.h"

namespace kiln {
namespace {

/// The options of `salt-masterless` (spec/components.md, section 3.10).
struct SaltOptions {
    std::string local_state_tree;
    std::string local_pillar_roots;
    std::string remote_state_tree;
    std::string remote_pillar_roots;
    std::string minion_config;
    std::string grains_file;
    std::string custom_state;
    bool skip_bootstrap = false;
    std::string bootstrap_args;
    bool disable_sudo = false;
    std::string temp_config_dir;
    std::string log_level = "info";
    bool no_exit_on_failure = false;
    std::string salt_call_args;
    std::string salt_bin_dir;
    std::vector<std::string> formulas;
    std::string guest_os_type = "unix";
};

Schema<SaltOptions> salt_schema();
void check_salt(const SaltOptions& options, Problems& problems);

}  // namespace

void add_salt_provisioner(Registry& registry) {
    registry.add_provisioner(
        "salt-masterless",
        declared_factory<Provisioner>(
            salt_schema,
            "Provisioning with Salt comes with a later version of kiln. A file and a shell "
            "provisioner can send the states and run salt-call in the guest."));
}

namespace {

Schema<SaltOptions> salt_schema() {
    using O = SaltOptions;
    Schema<O> schema("salt-masterless", "Runs Salt in the guest without a master.");
    schema.option("local_state_tree", &O::local_state_tree, "The directory of states to send.")
        .required()
        .option("local_pillar_roots", &O::local_pillar_roots, "The directory of pillars to send.")
        .option("remote_state_tree", &O::remote_state_tree, "Where the states go in the guest.")
        .default_is("\"/srv/salt\"")
        .option("remote_pillar_roots", &O::remote_pillar_roots, "Where the pillars go.")
        .default_is("\"/srv/pillar\"")
        .option("minion_config", &O::minion_config, "The minion's configuration to send.")
        .option("grains_file", &O::grains_file, "A file of grains to send.")
        .option("custom_state", &O::custom_state, "The states to run, in place of the highstate.")
        .option("skip_bootstrap", &O::skip_bootstrap, "Salt is installed in the guest already.")
        .option("bootstrap_args", &O::bootstrap_args, "Arguments for Salt's installation script.")
        .option("disable_sudo", &O::disable_sudo, "Run Salt without sudo.")
        .option("temp_config_dir", &O::temp_config_dir, "Where files go in the guest at first.")
        .default_is("\"/tmp/salt\"")
        .option("log_level", &O::log_level, "How much Salt tells.")
        .option("no_exit_on_failure", &O::no_exit_on_failure, "Go on when a state fails.")
        .option("salt_call_args", &O::salt_call_args, "More arguments for salt-call.")
        .option("salt_bin_dir", &O::salt_bin_dir, "Where salt-call is in the guest.")
        .option("formulas", &O::formulas,
                "Git repositories of formulas to send; `//` goes before a directory in one.")
        .option("guest_os_type", &O::guest_os_type, "The kind of the guest.")
        .one_of({"unix", "windows"})
        .check(check_salt);
    return schema;
}

void check_salt(const SaltOptions& options, Problems& problems) {
    option_check::directory_exists("local_state_tree", options.local_state_tree, problems);
    option_check::directory_exists("local_pillar_roots", options.local_pillar_roots, problems);
    option_check::file_exists("minion_config", options.minion_config, problems);
    option_check::file_exists("grains_file", options.grains_file, problems);
    const bool remote = !options.remote_state_tree.empty() || !options.remote_pillar_roots.empty();
    if (!options.minion_config.empty() && remote) {
        problems.error("minion_config",
                       "remote_state_tree and remote_pillar_roots only apply when minion_config is "
                       "not used");
    }
}

}  // namespace
}  // namespace kiln
