#include "provisioner/windows/windows_shell.h"

#include "engine/late_text.h"
#include "provisioner/script_source.h"

namespace kiln {

Schema<WindowsShellOptions> windows_shell_schema() {
    using O = WindowsShellOptions;
    Schema<O> schema("windows-shell", "Runs batch commands or scripts in a Windows guest.");
    schema.include(&O::script, script_options_schema())
        .default_of("env_var_format", "\"set \\\"%s=%s\\\" && \"")
        .option("binary", &O::binary, "Send script files byte by byte.")
        .option("execute_command", &O::execute_command,
                "The command line that runs a script: `{{.Path}}` is the script, `{{.Vars}}` the "
                "variables.")
        .rendered_late()
        .option("remote_path", &O::remote_path, "Where the script is put in the guest.")
        .option("start_retry_timeout", &O::start_retry_timeout,
                "For how long to try again when a script cannot be sent or started.")
        .check([](const O& options, Problems& problems) {
            check_script_source(options.script, problems);
            check_script_files(options.script, problems);
            check_late_text("execute_command", options.execute_command, problems);
        });
    return schema;
}

}  // namespace kiln
