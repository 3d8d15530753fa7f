#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/cancel.h"
#include "base/duration.h"
#include "base/file.h"

namespace kiln {

/// A program to run, as a value: builders make it, tests compare it, `Process` starts it.
struct ProcessSpec {
    std::string program;  ///< a path, or a name to look up in PATH
    std::vector<std::string> arguments;
    std::map<std::string, std::string> environment;  ///< added to kiln's own
    std::filesystem::path directory;                 ///< empty: kiln's own
    std::string input;                               ///< given on standard input, then closed
    /// Where output goes when it is not read through the Process: a file to append to. Empty:
    /// nowhere.
    std::filesystem::path output_file;

    friend bool operator==(const ProcessSpec&, const ProcessSpec&) = default;
};

/// The command line for people, quoted where a shell would need it.
std::string to_string(const ProcessSpec& spec);
/// One word, quoted for a POSIX shell where needed.
std::string shell_quote(std::string_view word);

/// How a process ended: by exit with `code`, or by `signal` when that is not 0.
struct ExitStatus {
    int code = 0;
    int signal = 0;

    bool success() const { return code == 0 && signal == 0; }
    /// `exit status 3` or `killed by signal 9 (Killed)`.
    std::string to_string() const;
};

/// A running child in a process group of its own. Whatever ends kiln, kill -9 included, ends the
/// child too: a small guardian process holds one end of a pipe whose other end only kiln has.
/// Destruction kills the child and waits for it. One thread at a time, except that `pid` and `kill`
/// may be called from any.
class Process {
  public:
    /// What becomes of standard output and error.
    enum class Output { ToFile, Piped };

    /// Throws Error when the program cannot be started, with the reason.
    static Process start(const ProcessSpec& spec, Output output = Output::ToFile);

    ~Process();
    Process(Process&&) noexcept;
    Process& operator=(Process&&) = delete;

    /// The child's own process id (not the guardian's).
    pid_t pid() const { return child_; }
    /// The exit status if the child has ended.
    std::optional<ExitStatus> poll();
    /// Waits for the end, for at most `limit`. Nothing when the limit passed; throws Cancelled.
    std::optional<ExitStatus> wait(const CancelToken& cancel, std::optional<Duration> limit = {});
    /// Sends a signal to the child's process group.
    void send_signal(int signal) const;
    /// Ends the child's process group with SIGKILL and waits for it. Does nothing when it has
    /// ended.
    void kill();
    /// Lets the child outlive kiln (for `-on-error=abort`). The object is empty afterwards.
    void release();

    /// The reading ends, with Output::Piped.
    int stdout_fd() const { return stdout_.get(); }
    int stderr_fd() const { return stderr_.get(); }

  private:
    Process() = default;
    ExitStatus collect();

    pid_t guardian_ = -1;
    pid_t child_ = -1;
    UniqueFd guardian_fd_;  // readable when the guardian has ended
    UniqueFd leash_;        // closing it kills the child
    UniqueFd status_;       // the guardian writes the wait status here
    UniqueFd stdout_;
    UniqueFd stderr_;
    std::optional<ExitStatus> ended_;
};

struct ProcessOutput {
    ExitStatus status;
    std::string out;
    std::string err;
};

/// Runs a program to its end and returns what it printed (at most `output_limit` bytes of each
/// stream, the rest is read and dropped). Throws Error when it cannot be started or when `limit`
/// passes, Cancelled when told to; in both cases the program is killed first.
ProcessOutput run_process(const ProcessSpec& spec, const CancelToken& cancel,
                          std::optional<Duration> limit = {},
                          std::size_t output_limit = std::size_t{16} << 20);

using LineHandler = std::function<void(std::string_view line)>;

/// Like run_process, but hands each line on as it comes (without its line end; a last line without
/// one counts too). Handlers are called on the calling thread.
ExitStatus run_process_lines(const ProcessSpec& spec, const LineHandler& on_out,
                             const LineHandler& on_err, const CancelToken& cancel);

/// The full path of a program found in PATH (or given as a path), or nothing.
std::optional<std::filesystem::path> find_program(std::string_view name);

}  // namespace kiln
