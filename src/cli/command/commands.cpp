#include <algorithm>
#include <array>

#include "cli/command/command.h"

namespace kiln {

std::span<const CommandEntry> commands() {
    static constexpr auto all = std::to_array<CommandEntry>({
        {"build", "build image(s) from template", "Builds images from a template.", false,
         make_build_command},
        {"complete", "answer the completion scripts", "", true, make_complete_command},
        {"completion", "print a shell's completion script",
         "Prints the script that lets a shell complete kiln's command lines.", false,
         make_completion_command},
        {"console", "try expressions over a template's names",
         "Evaluates expressions with a template's variables, locals and functions. Lines from a "
         "pipe are\nall evaluated; the last one's result is printed.",
         false, make_console_command},
        {"docs", "tell about components and their options",
         "Tells about a component: what it does, its options, their types and defaults. Without an"
         "\nargument it lists all components.",
         false, make_docs_command},
        {"doctor", "check what this host offers for building",
         "Checks what this host offers for building, and says what each lack means.", false,
         make_doctor_command},
        {"fix", "bring an old JSON template up to date",
         "Mends what has changed since a legacy JSON template was written, and prints the new one.",
         false, make_fix_command},
        {"fmt", "rewrite HCL2 files to canonical format",
         "Brings HCL2 files into canonical form: indentation, spaces, columns. Prints the names of "
         "the\nfiles that change.",
         false, make_fmt_command},
        {"hcl2_upgrade", "make an HCL2 template of a JSON template",
         "Rewrites a legacy JSON template in HCL2: it builds the same.", false,
         make_hcl2_upgrade_command},
        {"image", "look at, convert, check and compare disk images",
         "Looks at, converts, checks and compares disk images.", false, make_image_command},
        {"init", "check that the plugins that a template requires are built in",
         "Checks the plugins that a template requires. kiln has its components built in: nothing "
         "is "
         "fetched.",
         false, make_init_command},
        {"inspect", "see components of a template",
         "Shows what a template consists of: its variables, sources, provisioners and "
         "post-processors.",
         false, make_inspect_command},
        {"lsp", "serve editors: diagnostics, completion, hover, formatting",
         "Serves an editor by the language server protocol, over standard input and output.", false,
         make_lsp_command},
        {"plugin", "tell about plugins", "", true, make_plugins_command},
        {"plugin install", "", "Tells whether a plugin is built in.", true,
         make_plugins_install_command},
        {"plugin installed", "", "Lists the components that are built in.", true,
         make_plugins_installed_command},
        {"plugin remove", "", "Removes a plugin.", true, make_plugins_remove_command},
        {"plugin required", "", "Lists the plugins that a template requires.", true,
         make_plugins_required_command},
        {"plugins", "tell about plugins, whose components are built in", "", false,
         make_plugins_command},
        {"plugins install", "tell whether a plugin is built in",
         "Tells whether the components of a plugin are built in. kiln fetches and runs no plugins.",
         false, make_plugins_install_command},
        {"plugins installed", "list the components that are built in",
         "Lists the components that are built in.", false, make_plugins_installed_command},
        {"plugins remove", "remove a plugin", "Removes a plugin; kiln's own components stay.",
         false, make_plugins_remove_command},
        {"plugins required", "list the plugins that a template requires",
         "Lists the plugins that a template requires, and whether they are built in.", false,
         make_plugins_required_command},
        {"validate", "check that a template is valid",
         "Checks that a template is valid, and tells everything that is wrong with it.", false,
         make_validate_command},
        {"version", "print the version of kiln", "Prints the version of kiln.", false,
         make_version_command},
    });
    return all;
}

const CommandEntry* find_command(std::string_view name) {
    const auto all = commands();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const CommandEntry& entry) { return entry.name == name; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace kiln
