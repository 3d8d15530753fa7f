#include "base/process_guardian.h"

#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// glibc 2.36 declares these functions without C linkage.
extern "C" {
#include <sys/pidfd.h>
}

namespace kiln {
namespace {

[[noreturn]] void run_child(const GuardianOrder& order, pid_t guardian, int failure);
void keep_only(int first, int second, int third);
void reset_signals();

}  // namespace

void run_guardian(const GuardianOrder& order) {
    setsid();
    reset_signals();
    signal(SIGPIPE, SIG_IGN);
    int failure[2];
    if (pipe2(failure, O_CLOEXEC) != 0) _exit(127);

    GuardianStart report;
    const pid_t guardian = getpid();
    report.child = fork();
    if (report.child == 0) run_child(order, guardian, failure[1]);
    if (report.child < 0) report.error = errno;
    close(failure[1]);
    int child_errno = 0;
    if (read(failure[0], &child_errno, sizeof child_errno) == sizeof child_errno) {
        report.error = child_errno;
    }
    if (write(order.status, &report, sizeof report) != sizeof report || report.error != 0) {
        if (report.child > 0) kill(-report.child, SIGKILL);
        _exit(127);
    }

    const int child_fd = pidfd_open(report.child, 0);
    keep_only(order.leash, order.status, child_fd);
    pollfd waiting[2] = {{child_fd, POLLIN, 0}, {order.leash, POLLIN, 0}};
    while (true) {
        if (poll(waiting, 2, -1) < 0 && errno != EINTR) break;
        if ((waiting[0].revents & POLLIN) != 0) break;
        if (waiting[1].revents == 0) continue;
        char order_byte = 0;
        if (read(order.leash, &order_byte, 1) == 1 && order_byte == guardian_release) {
            waiting[1].fd = -1;
            continue;
        }
        kill(-report.child, SIGKILL);
        waiting[1].fd = -1;
    }
    int status = 0;
    while (waitpid(report.child, &status, 0) < 0 && errno == EINTR) {
    }
    // What the program started in its group goes with it.
    kill(-report.child, SIGKILL);
    [[maybe_unused]] const auto written = write(order.status, &status, sizeof status);
    _exit(0);
}

namespace {

void run_child(const GuardianOrder& order, pid_t guardian, int failure) {
    const auto fail = [failure] {
        const int why = errno;
        [[maybe_unused]] const auto written = write(failure, &why, sizeof why);
        _exit(127);
    };
    setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail();
    if (getppid() != guardian) _exit(127);
    signal(SIGPIPE, SIG_DFL);
    if (order.directory != nullptr && chdir(order.directory) != 0) fail();
    if (dup2(order.input, STDIN_FILENO) < 0 || dup2(order.output, STDOUT_FILENO) < 0 ||
        dup2(order.error, STDERR_FILENO) < 0) {
        fail();
    }
    execve(order.program, order.arguments, order.environment);
    fail();
    _exit(127);
}

// The guardian is a copy of kiln without exec: what it inherited (listening sockets, other leashes)
// must not stay open in it.
void keep_only(int first, int second, int third) {
    int kept[3] = {first, second, third};
    for (int i = 0; i < 3; ++i) {
        for (int j = i + 1; j < 3; ++j) {
            if (kept[j] < kept[i]) {
                const int swap = kept[i];
                kept[i] = kept[j];
                kept[j] = swap;
            }
        }
    }
    unsigned next = 0;
    for (const int fd : kept) {
        if (static_cast<unsigned>(fd) > next) close_range(next, static_cast<unsigned>(fd) - 1, 0);
        next = static_cast<unsigned>(fd) + 1;
    }
    close_range(next, ~0U, 0);
}

void reset_signals() {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGPIPE}) {
        signal(number, SIG_DFL);
    }
}

}  // namespace
}  // namespace kiln
