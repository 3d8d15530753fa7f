#include <CLI/CLI.hpp>

#include "cli/arguments.h"
#include "cli/command/command.h"
#include "cli/image/image_command.h"
#include "cli/output.h"

namespace kiln {

int run_image(CommandContext& context) {
    CLI::App app("Looks at, converts, checks and compares disk images.", "kiln image");
    return 0;
}

}  // namespace kiln
