#include "provisioner/breakpoint.h"

namespace kiln {

Schema<BreakpointOptions> breakpoint_schema() {
    using O = BreakpointOptions;
    return Schema<O>("breakpoint",
                     "Pauses the build until enter is pressed, to look at the guest as it is then.")
        .option("note", &O::note, "Shown with the pause, to tell several breakpoints apart.")
        .option("disable", &O::disable, "Go on without a pause.");
}

void BreakpointProvisioner::provision(BuildContext& context, Communicator&, const Setting::Map&) {
    const std::string& note = options().note;
    if (options().disable) {
        context.report.say(
            fmt::format("Breakpoint provisioner {}disabled; continuing...",
                        note.empty() ? std::string() : fmt::format("with note \"{}\" ", note)));
        return;
    }
    context.report.say(
        fmt::format("Pausing at breakpoint provisioner{}.",
                    note.empty() ? std::string() : fmt::format(" with note \"{}\"", note)));
    context.prompter.ask(context.report, "Press enter to continue.", context.cancel);
}

}  // namespace kiln
