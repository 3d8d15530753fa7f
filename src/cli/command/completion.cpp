#include "cli/command/command.h"
#include "cli/completion/complete.h"
#include "cli/completion/scripts.h"

namespace kiln {
namespace {

class CompletionCommand : public Command {
  public:
    void declare(FlagSet& flags) override {
        flags.add_positional("SHELL", &shell_, completion_shells(), "bash, fish or zsh");
        flags.set_footer(
            "In bash: source <(kiln completion bash). `kiln -autocomplete-install` adds that line "
            "to\nyour shell's start-up file, `kiln -autocomplete-uninstall` takes it out again.");
    }
    int run(CommandContext& context) override {
        context.streams.out(completion_script(shell_));
        return 0;
    }

  private:
    std::string shell_;
};

/// What the scripts ask.
class CompleteCommand : public Command {
  public:
    void declare(FlagSet& flags) override { flags.take_everything(&words_); }
    int run(CommandContext& context) override {
        if (!words_.empty() && words_[0] == "--") words_.erase(words_.begin());
        std::string out;
        for (const auto& candidate : complete(words_)) {
            out += candidate.doc.empty() ? candidate.word + "\n"
                                         : fmt::format("{}\t{}\n", candidate.word, candidate.doc);
        }
        context.streams.out(out);
        return 0;
    }

  private:
    std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> make_completion_command() {
    return std::make_unique<CompletionCommand>();
}

std::unique_ptr<Command> make_complete_command() {
    return std::make_unique<CompleteCommand>();
}

}  // namespace kiln
