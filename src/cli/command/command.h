#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/flag_set.h"
#include "cli/signals.h"
#include "cli/streams.h"

namespace kiln {

/// What every command gets.
struct CommandContext {
    bool machine_readable = false;
    Streams streams;
    SignalWatcher& signals;
    CancelToken cancel;
};

/// A command of the command line. Its flags are members: `declare` binds them, so that help,
/// completion and the manual page can ask for the flags without running anything.
class Command {
  public:
    Command() = default;
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;
    virtual ~Command() = default;

    virtual void declare(FlagSet& flags) = 0;
    /// The exit code. May throw; the caller prints the error and exits with 1.
    virtual int run(CommandContext& context) = 0;
};

/// How a command is found. `name` may be several words: `plugins install`.
struct CommandEntry {
    std::string_view name;
    std::string_view synopsis;  ///< for the list of commands
    std::string_view about;     ///< for the command's own help: sentences
    bool hidden = false;        ///< works, but is not listed
    std::unique_ptr<Command> (*make)() = nullptr;
};

/// All commands, sorted by name.
std::span<const CommandEntry> commands();

/// The entry of this name, or nullptr.
const CommandEntry* find_command(std::string_view name);

/// Parses the arguments behind the command's name and runs it: what `main` does once the command
/// is known. The exit code; errors and help go to the streams.
int run_command(const CommandEntry& entry, const std::vector<std::string>& arguments,
                CommandContext& context);

std::unique_ptr<Command> make_build_command();
std::unique_ptr<Command> make_complete_command();
std::unique_ptr<Command> make_completion_command();
std::unique_ptr<Command> make_console_command();
std::unique_ptr<Command> make_docs_command();
std::unique_ptr<Command> make_doctor_command();
std::unique_ptr<Command> make_fix_command();
std::unique_ptr<Command> make_fmt_command();
std::unique_ptr<Command> make_hcl2_upgrade_command();
std::unique_ptr<Command> make_image_command();
std::unique_ptr<Command> make_init_command();
std::unique_ptr<Command> make_inspect_command();
std::unique_ptr<Command> make_lsp_command();
std::unique_ptr<Command> make_plugins_command();
std::unique_ptr<Command> make_plugins_install_command();
std::unique_ptr<Command> make_plugins_installed_command();
std::unique_ptr<Command> make_plugins_remove_command();
std::unique_ptr<Command> make_plugins_required_command();
std::unique_ptr<Command> make_validate_command();
std::unique_ptr<Command> make_version_command();

}  // namespace kiln
