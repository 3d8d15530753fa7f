#include "template/legacy/fix/fix.h"

#include "base/file.h"
#include "cli/command/command.h"
#include "cli/output.h"
#include "cli/template_arguments.h"

namespace kiln {
namespace {

class FixCommand : public Command {
  public:
    void declare(FlagSet& flags) override {
        template_.declare_accepted(flags);
        flags.add_switch("validate", &validate_,
                         "Check the result before it is printed (-validate=false: do not)");
        flags.add_positional("TEMPLATE", &template_.path, ValueKind::File,
                             "A legacy JSON template; - for standard input");
    }
    int run(CommandContext& context) override;

  private:
    std::string fix(TemplateOptions options, SourceMap& sources, Diagnostics& diagnostics) const;

    TemplateArguments template_;
    bool validate_ = true;
};

}  // namespace

std::unique_ptr<Command> make_fix_command() {
    return std::make_unique<FixCommand>();
}

namespace {

int FixCommand::run(CommandContext& context) {
    Output output({context.machine_readable}, context.streams);
    SourceMap sources;
    Diagnostics diagnostics;
    const TemplateOptions options =
        template_.to_options(context.streams, context.cancel, diagnostics);
    if (!diagnostics.has_errors() && template_language(options) == TemplateLanguage::Hcl2) {
        throw Error(fmt::format("{} is an HCL2 template", template_.path))
            .because("fix mends legacy JSON templates only")
            .with_hint(
                "`kiln fmt` brings HCL2 files into canonical form, `kiln validate` names "
                "what is deprecated in them.");
    }
    std::string fixed;
    if (!diagnostics.has_errors()) fixed = fix(options, sources, diagnostics);
    output.show(diagnostics, sources);
    if (diagnostics.has_errors()) return 1;
    output.say(fixed);
    return 0;
}

std::string FixCommand::fix(TemplateOptions options, SourceMap& sources,
                            Diagnostics& diagnostics) const {
    const bool from_stdin = options.stdin_text.has_value();
    const std::string text = from_stdin ? *options.stdin_text : read_file(template_.path);
    const std::string name = from_stdin ? "<stdin>" : template_.path;
    std::string fixed = fix_template(text, name, sources, diagnostics);
    if (diagnostics.has_errors() || !validate_) return fixed;
    // The result is checked in the place of the file.
    if (from_stdin) {
        options.stdin_text = fixed;
    } else {
        options.read_file = [this, &fixed](const std::filesystem::path& path) {
            return path == template_.path ? std::optional(fixed) : std::nullopt;
        };
    }
    check_template_syntax(options, sources, diagnostics);
    return fixed;
}

}  // namespace
}  // namespace kiln
