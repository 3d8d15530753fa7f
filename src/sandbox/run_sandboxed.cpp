#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "sandbox/landlock.h"
#include "sandbox/sandbox.h"
#include "sandbox/system_calls.h"

namespace kiln {
namespace {

constexpr int kFailed = 1;
constexpr std::chrono::milliseconds kCancelInterval{50};

[[noreturn]] void be_child(const SandboxRules& rules, pid_t parent, UniqueFd cancel_pipe,
                           const std::function<int(const CancelToken&)>& work);
int wait_for(pid_t child, const UniqueFd& pidfd, UniqueFd cancel_pipe, const CancelToken& cancel);
[[noreturn]] void tell_death(int signal);

}  // namespace

bool sandbox_available() {
    return landlock_version() > 0 && seccomp_available();
}

int run_sandboxed(const SandboxRules& rules, const CancelToken& cancel,
                  const std::function<int(const CancelToken&)>& work) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw system_error("cannot make a pipe", errno);
    UniqueFd read_end(ends[0]);
    UniqueFd write_end(ends[1]);
    // What stands in the buffers must not be printed twice.
    std::fflush(nullptr);
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) throw system_error("cannot start a child for the sandbox", errno);
    if (child == 0) {
        write_end.reset();
        be_child(rules, parent, std::move(read_end), work);
    }
    read_end.reset();
    const UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
    return wait_for(child, pidfd, std::move(write_end), cancel);
}

namespace {

void be_child(const SandboxRules& rules, pid_t parent, UniqueFd cancel_pipe,
              const std::function<int(const CancelToken&)>& work) {
    // Signals of the terminal are the parent's affair (they stay blocked here); a cancellation
    // comes through the pipe.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(kFailed);
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    int code = kFailed;
    try {
        restrict_files(rules);
        restrict_system_calls();
        CancelSource source;
        std::thread([source, fd = cancel_pipe.get()]() mutable {
            char byte = 0;
            if (read(fd, &byte, 1) == 1) source.cancel("interrupt");
        }).detach();
        code = work(source.token());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "Error: %s\n", describe(error).c_str());
    }
    std::fflush(nullptr);
    // The parent's objects are not the child's to destroy.
    _exit(code);
}

int wait_for(pid_t child, const UniqueFd& pidfd, UniqueFd cancel_pipe, const CancelToken& cancel) {
    while (true) {
        pollfd ended{pidfd.get(), POLLIN, 0};
        poll(&ended, pidfd ? 1 : 0, static_cast<int>(kCancelInterval.count()));
        if (cancel_pipe && cancel.cancelled()) {
            const char byte = 1;
            if (write(cancel_pipe.get(), &byte, 1) != 1 && errno != EPIPE) kill(child, SIGKILL);
            cancel_pipe.reset();
        }
        int status = 0;
        const pid_t waited = waitpid(child, &status, WNOHANG);
        if (waited < 0 && errno != EINTR) throw system_error("cannot wait for the sandbox", errno);
        if (waited != child) continue;
        if (WIFEXITED(status)) return WEXITSTATUS(status);
        tell_death(WTERMSIG(status));
    }
}

void tell_death(int signal) {
    Error error(fmt::format("the work in the sandbox was ended by the signal {} ({})", signal,
                            strsignal(signal)));
    if (signal == SIGKILL) {
        throw std::move(error).with_hint(
            "Perhaps the machine ran out of memory: dmesg tells. Nothing was written under its "
            "final name.");
    }
    throw std::move(error)
        .because(signal == SIGSYS ? "it made a system call that work on images does not need"
                                  : "it crashed")
        .with_hint(
            "The image may be made to attack its readers; do not trust it. Nothing was written "
            "under its final name. If you made it yourself, please report this as a bug.");
}

}  // namespace
}  // namespace kiln
