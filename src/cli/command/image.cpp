#include <sstream>

#include <CLI/CLI.hpp>

#include "cli/arguments.h"
#include "cli/command/command.h"
#include "cli/image/image_command.h"
#include "cli/output.h"

namespace kiln {
namespace {

// Hands a stream's text on to the command's output.
class WriterBuffer : public std::stringbuf {
  public:
    explicit WriterBuffer(const Streams& streams) : streams_(streams) {}
    ~WriterBuffer() override { sync(); }

  protected:
    int sync() override {
        streams_.out(str());
        str("");
        return 0;
    }

  private:
    const Streams& streams_;
};

// On standard error, since standard output may be an image on its way to the next program.
int telling_errors(const Streams& streams, const std::function<int()>& work) try {
    return work();
} catch (const std::exception& error) {
    streams.err(fmt::format("Error: {}\n", describe(error)));
    return 1;
}

class ImageCommandLine : public Command {
  public:
    void declare(FlagSet& flags) override { flags.take_everything(&arguments_); }

    int run(CommandContext& context) override {
        CLI::App app("Looks at, converts, checks and compares disk images.", "kiln image");
        const auto command = add_image_commands(app);
        if (const auto exit_code = parse_arguments(app, arguments_, context.streams)) {
            return *exit_code;
        }
        const auto work = [&](const CancelToken& cancel) {
            // Made here and not before: it may have a thread, which a child would not.
            Output output({context.machine_readable, false, false, true}, context.streams);
            WriterBuffer buffer(context.streams);
            std::ostream out(&buffer);
            return telling_errors(context.streams, [&] {
                return command->run({out, output.sink(), cancel});
            });
        };
        return telling_errors(context.streams, [&] {
            const std::optional<SandboxRules> rules = command->sandbox_rules();
            return rules ? run_sandboxed(*rules, context.cancel, work) : work(context.cancel);
        });
    }

  private:
    std::vector<std::string> arguments_;
};

}  // namespace

std::unique_ptr<Command> make_image_command() {
    return std::make_unique<ImageCommandLine>();
}

}  // namespace kiln
