#include <iostream>

#include <CLI/CLI.hpp>

#include "cli/arguments.h"
#include "cli/command/command.h"
#include "cli/image/image_command.h"
#include "cli/output.h"

namespace kiln {

int run_image(CommandContext& context) {
    CLI::App app("Looks at, converts, checks and compares disk images.", "kiln image");
    const auto command = add_image_commands(app);
    if (const auto exit_code = parse_arguments(app, context.arguments)) return *exit_code;
    Output output({context.machine_readable, false, false});
    return command->run({std::cout, output.sink(), context.cancel});
}

}  // namespace kiln
