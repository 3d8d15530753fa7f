#include <CLI/CLI.hpp>

#include "cli/arguments.h"
#include "cli/command/command.h"
#include "cli/load_plan.h"
#include "cli/output.h"

namespace kiln {
namespace {

struct ValidateArguments {
    TemplateArguments tmpl;
    bool syntax_only = false;
    bool no_warn_undeclared = false;
};

Diagnostics validate(const ValidateArguments& arguments, SourceMap& sources,
                     const CancelToken& cancel);

}  // namespace

int run_validate(CommandContext& context) {
    ValidateArguments arguments;
    CLI::App app("Checks that a template is valid.", "kiln validate");
    arguments.tmpl.declare(app);
    app.add_flag("--syntax-only", arguments.syntax_only, "Only check the syntax");
    app.add_flag("--no-warn-undeclared-var", arguments.no_warn_undeclared,
                 "Do not warn of undeclared variables in variable files");
    if (const auto exit_code = parse_arguments(app, context.arguments)) return *exit_code;

    Output output({context.machine_readable, true, false});
    SourceMap sources;
    const Diagnostics diagnostics = validate(arguments, sources, context.cancel);
    output.show(diagnostics, sources);
    if (diagnostics.has_errors()) return 1;
    output.say(arguments.syntax_only ? "Syntax-only check passed. Everything looks okay."
                                     : "The configuration is valid.");
    return 0;
}

namespace {

Diagnostics validate(const ValidateArguments& arguments, SourceMap& sources,
                     const CancelToken& cancel) {
    if (!arguments.syntax_only) {
        return load_plan(arguments.tmpl, {!arguments.no_warn_undeclared, false, false}, sources,
                         cancel)
            .diagnostics;
    }
    Diagnostics diagnostics;
    const TemplateOptions options =
        arguments.tmpl.to_options(!arguments.no_warn_undeclared, diagnostics);
    if (!diagnostics.has_errors()) check_template_syntax(options, sources, diagnostics);
    return diagnostics;
}

}  // namespace
}  // namespace kiln
