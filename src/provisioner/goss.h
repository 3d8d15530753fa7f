#pragma once

#include "base/schema.h"

namespace kiln {

/// Where the goss program comes from (block `installation`; the older options of the same names
/// stand beside the others).
struct GossInstallation {
    std::string version;
    std::string arch;
    std::string os;
    std::string url;
    std::string download_path;
    std::string username;
    std::string password;
    bool skip_install = false;
    bool skip_ssl = false;
    bool use_sudo = false;
    std::map<std::string, std::string> env_vars;
};

/// What is tested (block `validate`).
struct GossValidation {
    bool use_sudo = false;
    std::string goss_file;
    std::string vars_file;
    std::map<std::string, std::string> vars_inline;
    std::map<std::string, std::string> env_vars;
    std::string package;
    std::string log_level;
    std::string retry_timeout;
    std::string sleep;
    std::string format;
    std::string format_options;
    std::string output_file;
};

/// The options of `goss`: tests the guest with the goss program.
struct GossOptions {
    std::optional<GossInstallation> installation;
    std::optional<GossValidation> validation;
    std::vector<std::string> tests;
    std::string version;
    std::string arch = "amd64";
    std::string url;
    std::string download_path;
    std::string username;
    std::string password;
    bool skip_install = false;
    bool skip_ssl = false;
    bool skip_download = false;
    bool use_sudo = false;
    bool debug = false;
    bool inspect = false;
    std::string target_os = "Linux";
    std::string retry_timeout = "0s";
    std::string sleep = "1s";
    std::string goss_file;
    std::string vars_file;
    std::map<std::string, std::string> vars_inline;
    std::map<std::string, std::string> vars_env;
    std::string remote_folder;
    std::string remote_path;
    std::string format;
    std::string format_options;
};

Schema<GossOptions> goss_schema();

}  // namespace kiln
