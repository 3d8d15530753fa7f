#include "base/error.h"
#include "cli/command/command.h"
#include "cli/registry.h"
#include "cli/version.h"
#include "lsp/server.h"

namespace kiln {
namespace {

class LspCommand : public Command {
  public:
    void declare(FlagSet& flags) override;
    int run(CommandContext& context) override;

  private:
    bool stdio_ = false;  ///< what some editors pass; there is no other way to talk
};

}  // namespace

std::unique_ptr<Command> make_lsp_command() {
    return std::make_unique<LspCommand>();
}

namespace {

void LspCommand::declare(FlagSet& flags) {
    flags.add_switch("stdio", &stdio_, "Talk over standard input and output, as it always does");
    flags.set_footer("docs/editors.md shows how to set up an editor.\n");
}

int LspCommand::run(CommandContext& context) {
    if (context.streams.in_is_terminal) {
        throw Error("kiln lsp talks to an editor, and its standard input is a terminal")
            .with_hint("Let the editor start it; docs/editors.md shows how.");
    }
    return lsp::serve(all_components(), template_version, {context.streams.in, context.streams.out},
                      context.cancel);
}

}  // namespace
}  // namespace kiln
