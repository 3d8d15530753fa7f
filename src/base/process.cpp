#include "base/process.h"

#include <array>
#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

// glibc 2.36 declares these functions without C linkage.
extern "C" {
#include <sys/pidfd.h>
}

#include "base/process_guardian.h"

extern char** environ;

namespace kiln {
namespace fs = std::filesystem;

namespace {

struct Pipe {
    UniqueFd read;
    UniqueFd write;
};

Pipe make_pipe();
std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added);
std::vector<char*> pointers(std::vector<std::string>& strings);
std::string read_exactly_or_less(int fd, std::size_t size);
int remaining_milliseconds(const std::optional<std::chrono::steady_clock::time_point>& deadline);
UniqueFd input_fd(const std::string& text);

// Reads both output streams until they end; `handle(stream, bytes)` with stream 0 or 1.
void drain(Process& process, const CancelToken& cancel,
           const std::optional<std::chrono::steady_clock::time_point>& deadline,
           const std::function<void(int, std::string_view)>& handle);

}  // namespace

Process Process::start(const ProcessSpec& spec, Output output) {
    const auto program = find_program(spec.program);
    if (!program) {
        throw Error(fmt::format("cannot start {}", spec.program))
            .because("there is no such program in PATH")
            .with_hint(fmt::format("Install the package that has {}, or give its full path.",
                                   fs::path(spec.program).filename().string()));
    }
    std::vector<std::string> arguments = {spec.program};
    arguments.insert(arguments.end(), spec.arguments.begin(), spec.arguments.end());
    std::vector<std::string> environment = merged_environment(spec.environment);
    std::vector<char*> argument_pointers = pointers(arguments);
    std::vector<char*> environment_pointers = pointers(environment);
    const std::string directory = spec.directory.string();

    Pipe leash = make_pipe();
    Pipe status = make_pipe();
    Pipe out;
    Pipe err;
    UniqueFd file;
    if (output == Output::Piped) {
        out = make_pipe();
        err = make_pipe();
    } else {
        file = open_file(spec.output_file.empty() ? fs::path("/dev/null") : spec.output_file,
                         O_WRONLY | O_CREAT | O_APPEND, 0600);
    }
    const UniqueFd input = input_fd(spec.input);

    GuardianOrder order;
    order.program = program->c_str();
    order.arguments = argument_pointers.data();
    order.environment = environment_pointers.data();
    order.directory = directory.empty() ? nullptr : directory.c_str();
    order.input = input.get();
    order.output = output == Output::Piped ? out.write.get() : file.get();
    order.error = output == Output::Piped ? err.write.get() : file.get();
    order.leash = leash.read.get();
    order.status = status.write.get();

    Process process;
    process.guardian_ = fork();
    if (process.guardian_ < 0) {
        throw system_error(fmt::format("cannot start {}", spec.program), errno);
    }
    if (process.guardian_ == 0) run_guardian(order);

    process.guardian_fd_.reset(pidfd_open(process.guardian_, 0));
    process.leash_ = std::move(leash.write);
    process.status_ = std::move(status.read);
    process.stdout_ = std::move(out.read);
    process.stderr_ = std::move(err.read);
    status.write.reset();

    const std::string started = read_exactly_or_less(process.status_.get(), sizeof(GuardianStart));
    GuardianStart report{};
    if (started.size() == sizeof report) {
        std::memcpy(&report, started.data(), sizeof report);
    } else {
        report.error = ECHILD;
    }
    process.child_ = report.child;
    if (report.error != 0) {
        process.collect();
        throw system_error(fmt::format("cannot start {}", spec.program), report.error);
    }
    return process;
}

Process::Process(Process&& other) noexcept
    : guardian_(std::exchange(other.guardian_, -1)),
      child_(std::exchange(other.child_, -1)),
      guardian_fd_(std::move(other.guardian_fd_)),
      leash_(std::move(other.leash_)),
      status_(std::move(other.status_)),
      stdout_(std::move(other.stdout_)),
      stderr_(std::move(other.stderr_)),
      ended_(other.ended_) {}

Process::~Process() {
    kill();
}

std::optional<ExitStatus> Process::poll() {
    if (ended_ || guardian_ < 0) return ended_;
    pollfd waiting{guardian_fd_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, 0) <= 0) return std::nullopt;
    return collect();
}

std::optional<ExitStatus> Process::wait(const CancelToken& cancel, std::optional<Duration> limit) {
    std::optional<std::chrono::steady_clock::time_point> deadline;
    if (limit) deadline = std::chrono::steady_clock::now() + *limit;
    while (true) {
        if (const auto status = poll()) return status;
        cancel.throw_if_cancelled();
        const int timeout = remaining_milliseconds(deadline);
        if (timeout == 0) return std::nullopt;
        std::array<pollfd, 2> waiting = {
            {{guardian_fd_.get(), POLLIN, 0}, {cancel.fd(), POLLIN, 0}}};
        ::poll(waiting.data(), waiting.size(), timeout);
    }
}

void Process::send_signal(int signal) const {
    if (child_ > 0 && !ended_) ::kill(-child_, signal);
}

void Process::kill() {
    if (guardian_ < 0 || ended_) return;
    leash_.reset();
    collect();
}

void Process::release() {
    const char order = guardian_release;
    if (write(leash_.get(), &order, 1) != 1) {
        throw system_error("cannot let the process go", errno);
    }
    guardian_ = -1;
    leash_.reset();
}

// Waits for the guardian, which ends right after its child.
ExitStatus Process::collect() {
    const std::string bytes = read_exactly_or_less(status_.get(), sizeof(int));
    int ignored = 0;
    while (waitpid(guardian_, &ignored, 0) < 0 && errno == EINTR) {
    }
    int status = 0;
    if (bytes.size() == sizeof status) {
        std::memcpy(&status, bytes.data(), sizeof status);
    } else {
        status = SIGKILL;  // the guardian was killed, and the child with it
    }
    ended_ =
        WIFSIGNALED(status) ? ExitStatus{0, WTERMSIG(status)} : ExitStatus{WEXITSTATUS(status), 0};
    return *ended_;
}

ProcessOutput run_process(const ProcessSpec& spec, const CancelToken& cancel,
                          std::optional<Duration> limit, std::size_t output_limit) {
    std::optional<std::chrono::steady_clock::time_point> deadline;
    if (limit) deadline = std::chrono::steady_clock::now() + *limit;
    Process process = Process::start(spec, Process::Output::Piped);
    ProcessOutput result;
    drain(process, cancel, deadline, [&](int stream, std::string_view bytes) {
        std::string& text = stream == 0 ? result.out : result.err;
        text.append(bytes.substr(0, output_limit - std::min(output_limit, text.size())));
    });
    std::optional<Duration> rest;
    if (deadline)
        rest = std::max<Duration>(*deadline - std::chrono::steady_clock::now(), Duration(1));
    const auto status = process.wait(cancel, rest);
    if (!status) {
        throw Error(fmt::format("{} did not end within {}", spec.program, format_duration(*limit)));
    }
    result.status = *status;
    return result;
}

ExitStatus run_process_lines(const ProcessSpec& spec, const LineHandler& on_out,
                             const LineHandler& on_err, const CancelToken& cancel) {
    Process process = Process::start(spec, Process::Output::Piped);
    std::array<std::string, 2> partial;
    const auto handler = [&](int stream) -> const LineHandler& {
        return stream == 0 ? on_out : on_err;
    };
    drain(process, cancel, {}, [&](int stream, std::string_view bytes) {
        std::string& text = partial[static_cast<std::size_t>(stream)];
        text.append(bytes);
        std::size_t start = 0;
        for (std::size_t end = text.find('\n'); end != std::string::npos;
             end = text.find('\n', start)) {
            handler(stream)(std::string_view(text).substr(start, end - start));
            start = end + 1;
        }
        text.erase(0, start);
    });
    for (const int stream : {0, 1}) {
        const std::string& rest = partial[static_cast<std::size_t>(stream)];
        if (!rest.empty()) handler(stream)(rest);
    }
    return *process.wait(cancel);
}

std::optional<fs::path> find_program(std::string_view name) {
    if (name.empty()) return std::nullopt;
    const auto runnable = [](const fs::path& path) {
        std::error_code ignored;
        return fs::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
    };
    if (name.find('/') != std::string_view::npos) {
        return runnable(name) ? std::optional<fs::path>(name) : std::nullopt;
    }
    const char* variable = std::getenv("PATH");
    std::string_view rest = variable == nullptr ? "/usr/bin:/bin" : variable;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(':'), rest.size());
        const fs::path directory = end == 0 ? fs::path(".") : fs::path(rest.substr(0, end));
        if (runnable(directory / name)) return directory / name;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return std::nullopt;
}

std::string to_string(const ProcessSpec& spec) {
    std::string out = shell_quote(spec.program);
    for (const auto& argument : spec.arguments) out += " " + shell_quote(argument);
    return out;
}

std::string shell_quote(std::string_view word) {
    constexpr std::string_view safe =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";
    if (!word.empty() && word.find_first_not_of(safe) == std::string_view::npos) {
        return std::string(word);
    }
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string ExitStatus::to_string() const {
    if (signal != 0) return fmt::format("killed by signal {} ({})", signal, strsignal(signal));
    return fmt::format("exit status {}", code);
}

namespace {

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("cannot create a pipe", errno);
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
    std::map<std::string, std::string> merged = added;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view pair = *entry;
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        merged.emplace(pair.substr(0, equals), pair.substr(equals + 1));
    }
    std::vector<std::string> list;
    for (const auto& [name, value] : merged) list.push_back(name + "=" + value);
    return list;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> list;
    for (auto& text : strings) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

std::string read_exactly_or_less(int fd, std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        const ssize_t count = read(fd, bytes.data() + have, size - have);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        have += static_cast<std::size_t>(count);
    }
    bytes.resize(have);
    return bytes;
}

int remaining_milliseconds(const std::optional<std::chrono::steady_clock::time_point>& deadline) {
    if (!deadline) return -1;
    const auto rest =
        std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(rest.count(), 0, 3'600'000));
}

// The text in an unnamed file, so that a child that never reads cannot block kiln.
UniqueFd input_fd(const std::string& text) {
    if (text.empty()) return open_file("/dev/null", O_RDONLY);
    UniqueFd fd(memfd_create("kiln-input", MFD_CLOEXEC));
    if (!fd) throw system_error("cannot create an input file", errno);
    write_all(fd.get(), text, "an input file");
    lseek(fd.get(), 0, SEEK_SET);
    return fd;
}

void drain(Process& process, const CancelToken& cancel,
           const std::optional<std::chrono::steady_clock::time_point>& deadline,
           const std::function<void(int, std::string_view)>& handle) {
    std::array<pollfd, 3> waiting = {{{process.stdout_fd(), POLLIN, 0},
                                      {process.stderr_fd(), POLLIN, 0},
                                      {cancel.fd(), POLLIN, 0}}};
    std::array<char, 65536> block{};
    while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
        cancel.throw_if_cancelled();
        const int timeout = remaining_milliseconds(deadline);
        if (timeout == 0) return;
        ::poll(waiting.data(), waiting.size(), timeout);
        for (const int stream : {0, 1}) {
            pollfd& item = waiting[static_cast<std::size_t>(stream)];
            if (item.fd < 0 || (item.revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
            const ssize_t count = read(item.fd, block.data(), block.size());
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) {
                item.fd = -1;
            } else {
                handle(stream, {block.data(), static_cast<std::size_t>(count)});
            }
        }
    }
}

}  // namespace
}  // namespace kiln
