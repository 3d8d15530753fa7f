#include "cli/command/command.h"
#include "cli/console/line_editor.h"
#include "cli/console/session.h"
#include "cli/output.h"
#include "cli/template_arguments.h"

namespace kiln {
namespace {

class ConsoleCommand : public Command {
  public:
    void declare(FlagSet& flags) override {
        template_.declare_optional(flags);
        flags.add_switch("use-sequential-evaluation", &template_.sequential_evaluation,
                         "Evaluate all data sources first, then the locals (older templates)");
    }
    int run(CommandContext& context) override;

  private:
    TemplateArguments template_;
};

int run_piped(const ConsoleSession& session, const Streams& streams, Output& output);
int run_interactive(const ConsoleSession& session, Output& output);

}  // namespace

std::unique_ptr<Command> make_console_command() {
    return std::make_unique<ConsoleCommand>();
}

namespace {

int ConsoleCommand::run(CommandContext& context) {
    Output output({context.machine_readable}, context.streams);
    if (template_.path == "-") {
        output.error("Error: the console reads expressions from standard input, not the template");
        return 1;
    }
    SourceMap sources;
    Diagnostics diagnostics;
    TemplateOptions options = template_.to_options(context.streams, context.cancel, diagnostics);
    allow_data_sources(options, context.cancel);
    Template tmpl;
    if (!diagnostics.has_errors()) {
        tmpl = load_template(options, sources, diagnostics, context.cancel);
    }
    // Errors of later stages leave single values unknown; whoever sits before it wants to know why.
    if (!tmpl.readable || context.streams.in_is_terminal) output.show(diagnostics, sources);
    if (!tmpl.readable) return 1;
    const ConsoleSession session(std::move(tmpl));
    if (context.streams.in_is_terminal) return run_interactive(session, output);
    return run_piped(session, context.streams, output);
}

// Every line is evaluated, the last one's result is printed.
int run_piped(const ConsoleSession& session, const Streams& streams, Output& output) {
    int exit_code = 0;
    std::string last;
    const std::string text = streams.read_all();
    std::size_t start = 0;
    while (start < text.size()) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const ConsoleResult result = session.evaluate(text.substr(start, end - start));
        start = end + 1;
        if (result.exit) break;
        if (result.failed) {
            output.error(result.text);
            exit_code = 1;
        }
        last = result.failed ? "" : result.text;
    }
    output.say(last);
    return exit_code;
}

int run_interactive(const ConsoleSession& session, Output& output) {
    LineEditor editor("> ");
    while (const auto line = editor.read_line()) {
        const ConsoleResult result = session.evaluate(*line);
        if (result.exit) break;
        if (result.failed)
            output.error(result.text);
        else
            output.say(result.text);
    }
    return 0;
}

}  // namespace
}  // namespace kiln
