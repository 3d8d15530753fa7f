#include "cli/image/image_command.h"

#include <CLI/CLI.hpp>

#include "cli/image/check.h"
#include "cli/image/compare.h"
#include "cli/image/convert.h"
#include "cli/image/hash.h"
#include "cli/image/info.h"
#include "cli/image/map.h"
#include "cli/image/mount_check.h"
#include "cli/image/resize.h"

namespace kiln {

std::optional<SandboxRules> ImageCommand::sandbox_rules() const {
    if (sandbox == "off") return std::nullopt;
    if (sandbox_available()) return rules_();
    if (sandbox == "auto") return std::nullopt;
    throw Error("this kernel cannot sandbox the work on images")
        .because("it lacks Landlock or seccomp filters")
        .with_hint("Leave --sandbox out to work without where it cannot be had.");
}

std::shared_ptr<const ImageCommand> add_image_commands(CLI::App& app) {
    auto command = std::make_shared<ImageCommand>();
    app.require_subcommand(1);
    add_image_info(app, command);
    add_image_convert(app, command);
    add_image_check(app, command);
    add_image_compare(app, command);
    add_image_hash(app, command);
    add_image_map(app, command);
    add_image_resize(app, command);
    add_image_mount_check(app, command);
    return command;
}

}  // namespace kiln
