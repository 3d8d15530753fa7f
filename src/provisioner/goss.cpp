#include "provisioner/goss.h"

#include <filesystem>

#include "base/file.h"

namespace kiln {
namespace {

std::vector<std::string> formats();
Schema<GossInstallation> installation_schema();
Schema<GossValidation> validation_schema();
void declare_program(Schema<GossOptions>& schema);
void check_goss(const GossOptions& options, Problems& problems);
void check_duration(const std::string& option, const std::string& text, Problems& problems);

}  // namespace

Schema<GossOptions> goss_schema() {
    using O = GossOptions;
    Schema<O> schema("goss", "Tests the guest with the goss program.");
    schema.option("tests", &O::tests, "Files and directories of tests to send.")
        .option("goss_file", &O::goss_file, "The test file that goss reads.")
        .option("vars_file", &O::vars_file, "A file of variables for the tests; one of `tests`.")
        .option("vars_inline", &O::vars_inline, "Variables for the tests, which win.")
        .option("vars_env", &O::vars_env, "Variables for the environment of goss.")
        .option("format", &O::format, "How goss writes its result.")
        .one_of(formats())
        .default_is("\"rspecish\"")
        .option("format_options", &O::format_options, "How goss writes the format.")
        .one_of({"perfdata", "verbose", "pretty"})
        .option("retry_timeout", &O::retry_timeout, "For how long failed tests are tried again.")
        .option("sleep", &O::sleep, "The pause between two tries.")
        .option("inspect", &O::inspect, "Go on when tests fail.")
        .option("debug", &O::debug, "Have goss tell more.")
        .option("use_sudo", &O::use_sudo, "Run goss with sudo.")
        .block("installation", &O::installation, installation_schema(),
               "Where the goss program comes from.")
        .block("validate", &O::validation, validation_schema(), "What is tested.");
    declare_program(schema);
    schema.check(check_goss);
    return schema;
}

namespace {

std::vector<std::string> formats() {
    return {"documentation", "json",     "json_oneline", "junit",      "nagios", "nagios_verbose",
            "prometheus",    "rspecish", "silent",       "structured", "tap"};
}

void declare_program(Schema<GossOptions>& schema) {
    using O = GossOptions;
    schema.option("version", &O::version, "The version of goss.")
        .option("arch", &O::arch, "The guest's processor.")
        .option("target_os", &O::target_os, "The guest's system.")
        .one_of({"Linux", "Windows"})
        .option("url", &O::url, "Where goss is downloaded from.")
        .option("username", &O::username, "A user name for that download.")
        .option("password", &O::password, "The password for that download.")
        .sensitive()
        .option("download_path", &O::download_path, "Where goss is put in the guest.")
        .option("skip_install", &O::skip_install, "Goss is in the guest already.")
        .option("skip_ssl", &O::skip_ssl, "Do not check certificates of that download.")
        .option("skip_download", &O::skip_download, "Do not fetch the finished test file.")
        .option("remote_folder", &O::remote_folder, "Where the tests go in the guest.")
        .default_is("\"/tmp\"")
        .option("remote_path", &O::remote_path, "The directory of the tests in it.")
        .default_is("\"REMOTE_FOLDER/goss\"");
}

Schema<GossInstallation> installation_schema() {
    using O = GossInstallation;
    Schema<O> schema("installation", "Where the goss program comes from.");
    schema.option("version", &O::version, "The version of goss.")
        .default_is("\"latest\"")
        .option("arch", &O::arch, "The guest's processor.")
        .option("os", &O::os, "The guest's system.")
        .option("url", &O::url, "Where goss is downloaded from.")
        .option("username", &O::username, "A user name for that download.")
        .option("password", &O::password, "The password for that download.")
        .sensitive()
        .option("download_path", &O::download_path, "Where goss is put in the guest.")
        .option("skip_installation", &O::skip_install, "Goss is in the guest already.")
        .option("skip_ssl", &O::skip_ssl, "Do not check certificates of that download.")
        .option("use_sudo", &O::use_sudo, "Install with sudo.")
        .option("env_vars", &O::env_vars, "Variables for the environment of the download.");
    return schema;
}

Schema<GossValidation> validation_schema() {
    using O = GossValidation;
    Schema<O> schema("validate", "What is tested.");
    schema.option("use_sudo", &O::use_sudo, "Run goss with sudo.")
        .option("goss_file", &O::goss_file, "The test file that goss reads.")
        .option("vars_file", &O::vars_file, "A file of variables for the tests.")
        .option("vars_inline", &O::vars_inline, "Variables for the tests, which win.")
        .option("env_vars", &O::env_vars, "Variables for the environment of goss.")
        .option("package", &O::package, "The guest's kind of packages.")
        .option("log_level", &O::log_level, "How much goss tells.")
        .option("retry_timeout", &O::retry_timeout, "For how long failed tests are tried again.")
        .option("sleep", &O::sleep, "The pause between two tries.")
        .option("format", &O::format, "How goss writes its result.")
        .one_of(formats())
        .option("format_options", &O::format_options, "How goss writes the format.")
        .option("output_file", &O::output_file, "Where the result is kept.")
        .check([](const O& options, Problems& problems) {
            check_duration("retry_timeout", options.retry_timeout, problems);
            check_duration("sleep", options.sleep, problems);
        });
    return schema;
}

void check_goss(const GossOptions& options, Problems& problems) {
    check_duration("retry_timeout", options.retry_timeout, problems);
    check_duration("sleep", options.sleep, problems);
    if (options.tests.empty() && !options.installation && !options.validation) {
        problems.error("tests", "tests must be specified");
    }
    for (const std::string& path : options.tests) {
        if (std::filesystem::exists(expand_home(path))) continue;
        problems.error("tests", fmt::format("Bad test '{}': it does not exist.", path));
    }
}

void check_duration(const std::string& option, const std::string& text, Problems& problems) {
    if (text.empty() || parse_duration(text)) return;
    problems.error(option, fmt::format("{}: \"{}\" is no duration.", option, text));
}

}  // namespace
}  // namespace kiln
