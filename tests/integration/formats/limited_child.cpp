#include "limited_child.h"

#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

namespace kiln::formats::judge {

namespace {

[[noreturn]] void become(const std::vector<std::string>& arguments, const ChildLimits& limits,
                         int out, int err);
std::string take(int fd);

}  // namespace

ChildResult run_limited(const std::vector<std::string>& arguments, const ChildLimits& limits) {
    const TempDir directory(temp_root());
    const UniqueFd out = open_file(directory.path() / "out", O_RDWR | O_CREAT);
    const UniqueFd err = open_file(directory.path() / "err", O_RDWR | O_CREAT);
    const pid_t pid = ::fork();
    if (pid < 0) throw system_error("cannot start a child", errno);
    if (pid == 0) become(arguments, limits, out.get(), err.get());

    ChildResult result;
    const auto deadline = std::chrono::steady_clock::now() + limits.time;
    int status = 0;
    rusage usage{};
    while (::wait4(pid, &status, WNOHANG, &usage) == 0) {
        if (!result.timed_out && std::chrono::steady_clock::now() > deadline) {
            result.timed_out = true;
            ::kill(pid, SIGKILL);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
    if (WIFEXITED(status)) result.code = WEXITSTATUS(status);
    result.peak_memory = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    result.out = take(out.get());
    result.err = take(err.get());
    return result;
}

namespace {

void become(const std::vector<std::string>& arguments, const ChildLimits& limits, int out,
            int err) {
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    if (limits.file_size != 0) {
        const rlimit limit{limits.file_size, limits.file_size};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        std::signal(SIGXFSZ, SIG_IGN);
    }
    ::execvp(argv[0], argv.data());
    _exit(127);
}

std::string take(int fd) {
    std::string text(1U << 20, '\0');
    const ssize_t length = ::pread(fd, text.data(), text.size(), 0);
    text.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
    return text;
}

}  // namespace
}  // namespace kiln::formats::judge
