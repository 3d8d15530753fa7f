#include "provisioner/script_source.h"

namespace kiln {

void check_script_source(const ScriptOptions& options, Problems& problems) {
    if (!options.script.empty() && !options.scripts.empty()) {
        problems.error("script", "Only one of script or scripts can be specified.");
        return;
    }
    if (options.files().empty() && options.inline_commands.empty()) {
        problems.error("", "Either a script file or inline script must be specified.");
    } else if (!options.files().empty() && !options.inline_commands.empty()) {
        problems.error("inline",
                       "Only a script file or an inline script can be specified, not both.");
    }
}

}  // namespace kiln
