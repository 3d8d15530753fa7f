#include "base/file.h"
#include "cli/command/command.h"
#include "cli/output.h"
#include "cli/registry.h"
#include "cli/template_arguments.h"
#include "template/legacy/upgrade/upgrade.h"

namespace kiln {
namespace {

class Hcl2UpgradeCommand : public Command {
  public:
    void declare(FlagSet& flags) override {
        template_.declare_accepted(flags);
        flags.add_file("output-file", &output_file_,
                       "Where to write the HCL2 template (default: TEMPLATE.pkr.hcl)");
        flags.add_switch("with-annotations", &with_annotations_,
                         "Explain every section in a comment");
        flags.add_positional("TEMPLATE", &template_.path, ValueKind::File,
                             "A legacy JSON template; - for standard input");
    }
    int run(CommandContext& context) override;

  private:
    UpgradeResult upgrade(const TemplateOptions& options, SourceMap& sources,
                          Diagnostics& diagnostics) const;

    TemplateArguments template_;
    std::string output_file_;
    bool with_annotations_ = false;
};

}  // namespace

std::unique_ptr<Command> make_hcl2_upgrade_command() {
    return std::make_unique<Hcl2UpgradeCommand>();
}

namespace {

int Hcl2UpgradeCommand::run(CommandContext& context) {
    Output output({context.machine_readable}, context.streams);
    SourceMap sources;
    Diagnostics diagnostics;
    const TemplateOptions options =
        template_.to_options(context.streams, context.cancel, diagnostics);
    if (template_language(options) == TemplateLanguage::Hcl2) {
        throw Error(fmt::format("{} is an HCL2 template already", template_.path))
            .with_hint("hcl2_upgrade makes HCL2 templates of legacy JSON ones.");
    }
    const std::string file = !output_file_.empty() ? output_file_ : template_.path + ".pkr.hcl";
    if (options.stdin_text && output_file_.empty()) {
        throw Error("a template from standard input has no name to call the new one after")
            .with_hint("Name the file to write with -output-file.");
    }
    UpgradeResult result;
    if (!diagnostics.has_errors()) result = upgrade(options, sources, diagnostics);
    output.show(diagnostics, sources);
    if (result.text.empty()) return 1;
    write_file_atomically(file, result.text);
    const int exit_code = result.complete ? 0 : 1;
    output.say(fmt::format("Successfully created {}. Exit {}", file, exit_code));
    return exit_code;
}

UpgradeResult Hcl2UpgradeCommand::upgrade(const TemplateOptions& options, SourceMap& sources,
                                          Diagnostics& diagnostics) const {
    const bool from_stdin = options.stdin_text.has_value();
    const std::string text = from_stdin ? *options.stdin_text : read_file(template_.path);
    UpgradeOptions upgrade_options;
    upgrade_options.with_annotations = with_annotations_;
    upgrade_options.find_schema = [](std::string_view block, const std::string& type) {
        return all_components().schema(block, type);
    };
    return upgrade_template(text, from_stdin ? "<stdin>" : template_.path, upgrade_options, sources,
                            diagnostics);
}

}  // namespace
}  // namespace kiln
