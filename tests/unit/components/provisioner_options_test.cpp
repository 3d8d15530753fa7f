#include "component_table.h"

namespace kiln::test {
namespace {

TEST(Powershell, ChecksItsOptions) {
    const SomeFile script("a.ps1");
    check_table("provisioner", "powershell", {{"inline", Setting::List{"dir"}}},
                {
                    {{{"inline", Setting()}, {"script", script.path()}}, ""},
                    {{{"inline", Setting()}}, "Either a script file or inline script"},
                    {{{"script", script.path()}}, "not both"},
                    {{{"inline", Setting()}, {"script", "/nonexistent.ps1"}}, "Bad script"},
                    {{{"inline", Setting()}, {"script", script.path()}, {"scripts", script.path()}},
                     "Only one of script or scripts"},
                    {{{"environment_vars", Setting::List{"A"}}}, "not in format 'key=value'"},
                    {{{"elevated_password", "pass-word"}}, "Must supply an 'elevated_user'"},
                    {{{"elevated_user", "SYSTEM"}}, ""},
                    {{{"elevated_user", "u"}, {"elevated_password", "pass-word"}}, ""},
                    {{{"execution_policy", "lax"}}, "execution_policy must be one of"},
                    {{{"debug_mode", 3}}, "debug_mode must be 0, 1 or 2"},
                    {{{"pause_after", "-1s"}}, "pause_after must not be negative"},
                    {{{"pause_after", "5"}}, "needs a duration"},
                    {{{"execute_command", "{{ .Path"}}, "execute_command cannot be read"},
                    {{{"valid_exit_codes", Setting::List{0, 3010}}}, ""},
                    {{{"use_pwsh", true}, {"skip_clean", true}}, ""},
                });
}

TEST(WindowsShell, ChecksItsOptions) {
    check_table(
        "provisioner", "windows-shell", {{"inline", Setting::List{"dir"}}},
        {
            {{{"inline", Setting()}}, "Either a script file or inline script"},
            {{{"scripts", Setting::List{"/nonexistent.bat"}}, {"inline", Setting()}}, "Bad script"},
            {{{"execute_command", "{{ if }}"}}, "execute_command cannot be read"},
            {{{"remote_path", "c:/x.bat"}, {"binary", true}}, ""},
        });
}

TEST(WindowsRestart, ChecksItsOptions) {
    check_table("provisioner", "windows-restart", {},
                {
                    {{{"restart_timeout", "15m"}, {"check_registry", true}}, ""},
                    {{{"restart_timeout", "-1m"}}, "must not be negative"},
                    {{{"registry_keys", Setting::List{"HKLM:a"}}}, ""},
                });
}

TEST(WindowsUpdate, ChecksItsOptions) {
    check_table(
        "provisioner", "windows-update", {},
        {
            {{{"search_criteria", "IsInstalled=0"},
              {"filters", Setting::List{"exclude:$_.Title -like '*Preview*'", "include:$true"}},
              {"update_limit", 25}},
             ""},
            {{{"filters", Setting::List{"$true"}}}, "must begin with include: or exclude:"},
            {{{"update_limit", -1}}, "update_limit must not be negative"},
        });
}

TEST(HcpSbom, ChecksItsOptions) {
    check_table("provisioner", "hcp-sbom", {{"source", "/tmp/sbom.json"}},
                {
                    {{{"sbom_name", "my-sbom"}}, ""},
                    {{{"sbom_name", "x"}}, "is no name for it"},
                    {{{"sbom_name", "under_score"}}, "is no name for it"},
                    {{{"auto_generate", true}}, "cannot be used together"},
                    {{{"source", Setting()}}, "One of source, auto_generate"},
                    {{{"scanner_url", "x"}}, "is deprecated"},
                });
}

TEST(Ansible, ChecksItsOptions) {
    const SomeFile playbook("site.yml");
    check_table(
        "provisioner", "ansible", {{"playbook_file", playbook.path()}},
        {
            {{{"extra_arguments", Setting::List{"-v"}}, {"use_proxy", false}}, ""},
            {{{"playbook_file", Setting()}}, "playbook_file must be set"},
            {{{"playbook_file", "/nonexistent.yml"}}, "/nonexistent.yml does not exist"},
            {{{"galaxy_file", "/nonexistent.yml"}}, "galaxy_file: /nonexistent.yml"},
            {{{"ansible_proxy_key_type", "DSA"}}, "ansible_proxy_key_type must be one of"},
            {{{"local_port", 70000}}, "not a port"},
            {{{"inventory_directory", playbook.path()}}, "is not a directory"},
            {{{"inventory_directory", playbook.directory()}}, ""},
            {{{"ansible_env_vars", Setting::List{"A=b", "C"}}}, "not in format 'key=value': C"},
            {{{"inventory_file_template", "{{ .Host"}}, "cannot be read"},
        });
}

TEST(AnsibleLocal, ChecksItsOptions) {
    const SomeFile playbook("site.yml");
    check_table(
        "provisioner", "ansible-local", {{"playbook_file", playbook.path()}},
        {
            {{{"playbook_dir", playbook.directory()}}, ""},
            {{{"playbook_file", Setting()}}, "One of playbook_file, playbook_files"},
            {{{"playbook_files", Setting::List{playbook.path()}}}, "cannot be used together"},
            {{{"role_paths", Setting::List{"/nonexistent"}}}, "/nonexistent does not exist"},
            {{{"group_vars", playbook.path()}}, "is not a directory"},
        });
}

TEST(ChefSolo, ChecksItsOptions) {
    const SomeFile file;
    check_table("provisioner", "chef-solo", {},
                {
                    {{{"cookbook_paths", Setting::List{file.directory()}},
                      {"run_list", Setting::List{"recipe[a]"}}},
                     ""},
                    {{{"cookbook_paths", Setting::List{"/nonexistent"}}}, "does not exist"},
                    {{{"json_string", "{\"a\": 1}"}}, ""},
                    {{{"json_string", "[]"}}, "is not a JSON object"},
                    {{{"json_string", "{"}}, "is not JSON"},
                    {{{"guest_os_type", "beos"}}, "guest_os_type must be one of"},
                    {{{"config_template", "/nonexistent"}}, "does not exist"},
                });
}

TEST(ChefClient, ChecksItsOptions) {
    check_table("provisioner", "chef-client", {{"server_url", "https://127.0.0.1"}},
                {
                    {{{"server_url", Setting()}}, "server_url must be set"},
                    {{{"policy_name", "p"}}, "must both be set"},
                    {{{"policy_name", "p"}, {"policy_group", "g"}}, ""},
                    {{{"elevated_password", "pass-word"}}, "elevated_user"},
                    {{{"ssl_verify_mode", "verify_some"}}, "ssl_verify_mode must be one of"},
                });
}

TEST(Puppet, ChecksItsOptions) {
    const SomeFile manifest("site.pp");
    check_table("provisioner", "puppet-masterless", {{"manifest_file", manifest.path()}},
                {
                    {{{"manifest_file", manifest.directory()}}, ""},
                    {{{"manifest_file", Setting()}}, "manifest_file must be set"},
                    {{{"manifest_file", "/nonexistent.pp"}}, "/nonexistent.pp does not exist"},
                    {{{"module_paths", Setting::List{"/nonexistent"}}}, "does not exist"},
                    {{{"hiera_config_path", manifest.directory()}}, "is a directory"},
                    {{{"execute_command", "{{"}}, "execute_command cannot be read"},
                });
    check_table("provisioner", "puppet-server", {{"puppet_server", "p"}},
                {{{{"client_cert_path", "/nonexistent"}}, "does not exist"}});
}

TEST(Salt, ChecksItsOptions) {
    const SomeFile minion("minion");
    check_table("provisioner", "salt-masterless", {{"local_state_tree", minion.directory()}},
                {
                    {{{"minion_config", minion.path()}}, ""},
                    {{{"local_state_tree", Setting()}}, "local_state_tree must be set"},
                    {{{"local_state_tree", "/nonexistent"}}, "/nonexistent does not exist"},
                    {{{"minion_config", minion.path()}, {"remote_state_tree", "/srv"}},
                     "only apply when minion_config is not used"},
                });
}

TEST(Goss, ChecksItsOptions) {
    const SomeFile tests("goss.yaml");
    check_table(
        "provisioner", "goss", {{"tests", Setting::List{tests.path()}}},
        {
            {{{"format", "json"}, {"vars_inline", Setting::Map{{"OS", "linux"}}}}, ""},
            {{{"tests", Setting()}}, "tests must be specified"},
            {{{"tests", Setting::List{"/nonexistent.yaml"}}}, "Bad test '/nonexistent.yaml'"},
            {{{"format", "xml"}}, "format must be one of"},
            {{{"retry_timeout", "soon"}}, "is no duration"},
            {{{"tests", Setting()}, {"validate", Setting::Map{{"goss_file", "g.yaml"}}}}, ""},
            {{{"tests", Setting()}, {"validate", Setting::Map{{"sleep", "x"}}}}, "is no duration"},
        });
}

TEST(Shell, ChecksItsOptions) {
    check_table("provisioner", "shell", {{"inline", Setting::List{"true"}}},
                {
                    {{{"inline", Setting::List{}}}, "Either a script file or inline script"},
                    {{{"env_var_format", "%d"}}, "env_var_format must hold `%s` twice"},
                    {{{"start_retry_timeout", "5"}}, "needs a duration"},
                });
}

}  // namespace
}  // namespace kiln::test
