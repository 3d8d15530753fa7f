#include "cli/command/command.h"
#include "cli/diagnostics_json.h"
#include "cli/load_plan.h"
#include "cli/output.h"

namespace kiln {
namespace {

class ValidateCommand : public Command {
  public:
    void declare(FlagSet& flags) override;
    int run(CommandContext& context) override;

  private:
    Diagnostics validate(const CommandContext& context, SourceMap& sources) const;

    TemplateArguments template_;
    bool syntax_only_ = false;
    bool no_warn_undeclared_ = false;
    bool evaluate_data_sources_ = false;
    bool json_ = false;
    bool machine_readable_spelt_long_ = false;
};

}  // namespace

std::unique_ptr<Command> make_validate_command() {
    return std::make_unique<ValidateCommand>();
}

namespace {

void ValidateCommand::declare(FlagSet& flags) {
    template_.declare(flags);
    template_.declare_evaluation(flags);
    flags.add_switch("syntax-only", &syntax_only_,
                     "Read the files and variables only; evaluate nothing");
    flags.add_switch("no-warn-undeclared-var", &no_warn_undeclared_,
                     "Do not warn of undeclared variables in variable files");
    flags.add_switch("evaluate-datasources", &evaluate_data_sources_,
                     "Ask data sources too, instead of taking their values for unknown");
    flags.add_switch("json", &json_, "Print the diagnostics as JSON, with their ranges");
    // With one dash it is taken before; with two it is accepted and does nothing, as the peer's.
    flags.add_switch("machine-readable", &machine_readable_spelt_long_,
                     "Print lines for programs (spelt with one dash)");
}

int ValidateCommand::run(CommandContext& context) {
    SourceMap sources;
    const Diagnostics diagnostics = validate(context, sources);
    const int exit_code = diagnostics.has_errors() ? 1 : 0;
    if (json_) {
        context.streams.out(diagnostics_json(diagnostics, sources));
        return exit_code;
    }
    Output output({context.machine_readable}, context.streams);
    output.show(diagnostics, sources);
    if (exit_code != 0) return exit_code;
    output.say(syntax_only_ ? "Syntax-only check passed. Everything looks okay."
                            : "The configuration is valid.");
    return 0;
}

Diagnostics ValidateCommand::validate(const CommandContext& context, SourceMap& sources) const {
    if (!syntax_only_) {
        const LoadOptions options{!no_warn_undeclared_, false, false, evaluate_data_sources_};
        return load_plan(template_, options, context.streams, sources, context.cancel).diagnostics;
    }
    Diagnostics diagnostics;
    TemplateOptions options = template_.to_options(context.streams, context.cancel, diagnostics);
    options.warn_undeclared_variables = !no_warn_undeclared_;
    if (!diagnostics.has_errors()) check_template_syntax(options, sources, diagnostics);
    return diagnostics;
}

}  // namespace
}  // namespace kiln
