#include "cli/version.h"

#include "cli/command/command.h"
#include "cli/output.h"

namespace kiln {
namespace {

class VersionCommand : public Command {
  public:
    void declare(FlagSet&) override {}
    int run(CommandContext& context) override {
        Output output({context.machine_readable}, context.streams);
        output.machine("version", {kiln_version});
        output.machine("version-prelease", {""});  // the peer's spelling
        output.machine("version-commit", {""});
        output.say(
            fmt::format("kiln v{} (reads templates of Packer {})", kiln_version, template_version));
        return 0;
    }
};

}  // namespace

std::unique_ptr<Command> make_version_command() {
    return std::make_unique<VersionCommand>();
}

}  // namespace kiln
