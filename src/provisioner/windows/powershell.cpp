#include "provisioner/windows/powershell.h"

#include "engine/late_text.h"
#include "engine/option_checks.h"
#include "provisioner/script_source.h"

namespace kiln {
namespace {

void check_powershell(const PowershellOptions& options, Problems& problems);

}  // namespace

Schema<PowershellOptions> powershell_schema() {
    using O = PowershellOptions;
    Schema<O> schema("powershell", "Runs PowerShell commands or scripts in a Windows guest.");
    schema.include(&O::script, script_options_schema())
        .default_of("env_var_format", "\"$env:%s=\\\"%s\\\"; \"")
        .option("binary", &O::binary, "Send script files byte by byte.")
        .option(
            "execute_command", &O::execute_command,
            "The command line that runs a script: `{{.Path}}` is the script, `{{.Vars}}` a file "
            "that sets the variables.")
        .rendered_late()
        .default_is("powershell with execution_policy and the script")
        .include(&O::elevated, elevated_schema())
        .option("elevated_execute_command", &O::elevated_execute_command,
                "The same for elevated_user.")
        .rendered_late()
        .default_is("that of execute_command")
        .option("elevated_env_var_format", &O::elevated_env_var_format,
                "How one variable is written for elevated_user.")
        .default_is("\"$env:%s=\\\"%s\\\"; \"")
        .option("execution_policy", &O::execution_policy,
                "PowerShell's execution policy for the scripts; none: leave it alone.")
        .one_of({"bypass", "allsigned", "default", "remotesigned", "restricted", "undefined",
                 "unrestricted", "none"})
        .option("remote_path", &O::remote_path,
                "Where the script is put in the guest; a directory when it ends in a slash.")
        .default_is("\"c:/Windows/Temp/script-UUID.ps1\"")
        .option("remote_env_var_path", &O::remote_env_var_path,
                "Where the file that sets the variables is put.")
        .default_is("\"c:/Windows/Temp/packer-ps-env-vars-UUID.ps1\"")
        .option("start_retry_timeout", &O::start_retry_timeout,
                "For how long to try again when a script cannot be sent or started.")
        .option("debug_mode", &O::debug_mode, "PowerShell's trace level: 0, 1 or 2.")
        .option("use_pwsh", &O::use_pwsh, "Run pwsh (PowerShell 6 and later).")
        .option("skip_clean", &O::skip_clean, "Leave the uploaded files in the guest.")
        .option("pause_after", &O::pause_after, "How long to wait after the scripts.")
        .check(check_powershell);
    return schema;
}

namespace {

void check_powershell(const PowershellOptions& options, Problems& problems) {
    check_script_source(options.script, problems);
    check_script_files(options.script, problems);
    if (options.debug_mode < 0 || options.debug_mode > 2) {
        problems.error("debug_mode", "debug_mode must be 0, 1 or 2.");
    }
    option_check::is_not_negative("pause_after", options.pause_after, problems);
    check_late_text("execute_command", options.execute_command, problems);
    check_late_text("elevated_execute_command", options.elevated_execute_command, problems);
}

}  // namespace
}  // namespace kiln
