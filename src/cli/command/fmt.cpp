#include "cli/command/command.h"
#include "cli/format/file_formatter.h"
#include "cli/output.h"
#include "cli/template_arguments.h"

namespace kiln {
namespace {

constexpr int differences_exit = 3;

class FmtCommand : public Command {
  public:
    void declare(FlagSet& flags) override;
    int run(CommandContext& context) override;

  private:
    FormatOptions options_;
    std::vector<std::string> paths_;
    TemplateArguments unused_;
};

}  // namespace

std::unique_ptr<Command> make_fmt_command() {
    return std::make_unique<FmtCommand>();
}

namespace {

void FmtCommand::declare(FlagSet& flags) {
    flags.add_switch("check", &options_.check,
                     "Change nothing; exit with 3 if any file is not in canonical form");
    flags.add_switch("diff", &options_.diff, "Show what changes");
    flags.add_switch("write", &options_.write, "Write the files (-write=false: do not)");
    flags.add_switch("recursive", &options_.recursive, "Go into directories below too");
    unused_.declare_accepted(flags);
    flags.add_positionals(
        "PATH", &paths_, ValueKind::File,
        "A *.pkr.hcl or *.pkrvars.hcl file, a directory, or - for standard input");
}

int FmtCommand::run(CommandContext& context) {
    SourceMap sources;
    FileFormatter formatter(options_, context.streams.out, sources, context.cancel);
    for (const auto& path : paths_) {
        if (path == "-")
            formatter.format_stdin(context.streams.read_all());
        else
            formatter.format_path(path);
    }
    const FormatOutcome& outcome = formatter.outcome();
    Output({context.machine_readable}, context.streams).show(outcome.diagnostics, sources);
    if (outcome.diagnostics.has_errors()) return 1;
    return options_.check && outcome.changed ? differences_exit : 0;
}

}  // namespace
}  // namespace kiln
