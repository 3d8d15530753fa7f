#include <array>

#include "cli/command/command.h"

namespace kiln {

std::span<const Command> commands() {
    static constexpr std::array<Command, 5> all = {{
        {"build", "build image(s) from template", run_build},
        {"doctor", "check what this host offers for building", run_doctor},
        {"image", "look at, convert, check and compare disk images", run_image},
        {"validate", "check that a template is valid", run_validate},
        {"version", "print the version of kiln", run_version},
    }};
    return all;
}

}  // namespace kiln
