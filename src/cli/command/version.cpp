#include "cli/version.h"

#include <fmt/format.h>

#include "cli/command/command.h"

namespace kiln {

int run_version(CommandContext&) {
    fmt::print("kiln v{} (reads templates of Packer {})\n", kiln_version, template_version);
    return 0;
}

}  // namespace kiln
