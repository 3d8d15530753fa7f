#include "machine/qemu/qemu_machine.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <sys/un.h>
#include <unistd.h>

#include "machine/qemu/qemu_checkpoint.h"
#include "machine/qemu/qemu_console.h"
#include "machine/qemu/qemu_exit.h"

namespace kiln::qemu {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::json;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds start_limit(60);
constexpr seconds quit_limit(5);
constexpr milliseconds end_poll(10);
constexpr const char* socket_name = "control.sock";

fs::path runtime_root(const fs::path& wished);
fs::path absolute_or_empty(const fs::path& path);

}  // namespace

/// What runs, and its locks: `exited` and `power_off` may come from another thread while a command
/// waits for its answer. The process lock is held for moments only. Where both are needed, the
/// connection's is taken first.
class QemuMachine::Impl {
  public:
    explicit Impl(QemuDefinition wanted)
        : definition(std::move(wanted)),
          keyboard([this](std::string_view command, json arguments, const CancelToken& cancel) {
              return execute(command, std::move(arguments), cancel);
          }) {}

    void start(const CancelToken& cancel);
    json execute(std::string_view command, json arguments, const CancelToken& cancel);
    std::optional<MachineExit> exited();
    std::optional<MachineExit> wait_for_exit(const CancelToken& cancel, Duration limit);
    void power_off();
    void release();
    std::optional<ExitStatus> poll();
    fs::path control_socket() const;

    QemuDefinition definition;
    QmpKeyboard keyboard;
    std::optional<QmpScreen> screen;
    std::optional<TempDir> runtime;

    mutable std::mutex process_mutex;
    std::optional<Process> process;
    std::optional<ExitStatus> status;

  private:
    QmpClient connect(const CancelToken& cancel);
    void note_events();
    fs::path log_file() const { return runtime->path() / "qemu.log"; }

    std::timed_mutex qmp_mutex_;
    std::optional<QmpClient> qmp_;
    std::string shutdown_reason_;
};

QemuMachine::QemuMachine(QemuDefinition definition)
    : impl_(std::make_unique<Impl>(std::move(definition))) {}

QemuMachine::~QemuMachine() = default;

void QemuMachine::start(const CancelToken& cancel) {
    impl_->start(cancel);
}

boot::Keyboard& QemuMachine::keyboard() {
    return impl_->keyboard;
}

boot::Screen& QemuMachine::screen() {
    if (!impl_->screen) throw Error("the guest has no screen before it is started");
    return *impl_->screen;
}

std::optional<fs::path> QemuMachine::serial_log() const {
    return serial_file(impl_->definition);
}

std::optional<MachineExit> QemuMachine::exited() {
    return impl_->exited();
}

std::optional<MachineExit> QemuMachine::wait_for_exit(const CancelToken& cancel, Duration limit) {
    return impl_->wait_for_exit(cancel, limit);
}

void QemuMachine::press_power_button() {
    impl_->execute("system_powerdown", json::object(), CancelToken());
}

void QemuMachine::power_off() {
    impl_->power_off();
}

void QemuMachine::release() {
    impl_->release();
}

void QemuMachine::checkpoint(const std::string& name, const CancelToken& cancel) {
    save_checkpoint([this](auto&&... args) { return impl_->execute(args...); }, name, cancel);
}

void QemuMachine::restore(const std::string& name, const CancelToken& cancel) {
    load_checkpoint([this](auto&&... args) { return impl_->execute(args...); }, name, cancel);
}

ProcessSpec QemuMachine::command() const {
    return qemu_command(impl_->definition, impl_->runtime ? impl_->control_socket() : fs::path());
}

std::optional<pid_t> QemuMachine::pid() const {
    const std::scoped_lock lock(impl_->process_mutex);
    if (!impl_->process || impl_->status) return std::nullopt;
    return impl_->process->pid();
}

json QemuMachine::execute(std::string_view command, json arguments, const CancelToken& cancel) {
    return impl_->execute(command, std::move(arguments), cancel);
}

fs::path QemuMachine::control_socket() const {
    if (!impl_->runtime) throw Error("the guest has no control socket before it is started");
    return impl_->control_socket();
}

void QemuMachine::Impl::start(const CancelToken& cancel) {
    if (runtime) throw Error(fmt::format("the guest {} was started before", definition.name));
    // QEMU and kiln are to mean the same files whatever the working directory.
    definition.serial_file = absolute_or_empty(definition.serial_file);
    status.reset();
    shutdown_reason_.clear();
    runtime.emplace(runtime_root(definition.runtime_parent));
    screen.emplace(
        [this](std::string_view command, json arguments, const CancelToken& token) {
            return execute(command, std::move(arguments), token);
        },
        runtime->path());
    try {
        ProcessSpec spec = qemu_command(definition, control_socket());
        spec.output_file = log_file();
        process.emplace(Process::start(spec));
        qmp_.emplace(connect(cancel));
    } catch (...) {
        process.reset();
        status.reset();
        screen.reset();
        runtime.reset();
        throw;
    }
}

// Waits for QEMU's control socket. When QEMU ends instead, what it printed is the error.
QmpClient QemuMachine::Impl::connect(const CancelToken& cancel) {
    const auto fail_if_ended = [&] {
        if (const auto ended = poll()) {
            throw start_failure(definition.binary, *ended, output_tail(log_file()));
        }
    };
    try {
        return QmpClient::connect(control_socket(), cancel, start_limit, fail_if_ended);
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        // The connection breaks a moment before the process is gone.
        const auto deadline = Clock::now() + seconds(1);
        while (!poll() && Clock::now() < deadline) cancel.wait_for(end_poll);
        fail_if_ended();
        throw Error(fmt::format("{} runs but cannot be controlled", definition.binary))
            .because(error);
    }
}

json QemuMachine::Impl::execute(std::string_view command, json arguments,
                                const CancelToken& cancel) {
    const std::scoped_lock lock(qmp_mutex_);
    if (!qmp_) throw Error("the guest does not run");
    try {
        json answer = qmp_->execute(command, std::move(arguments), cancel);
        note_events();
        return answer;
    } catch (const QmpError&) {
        throw;
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        const auto deadline = Clock::now() + seconds(1);
        auto ended = poll();
        while (!ended && Clock::now() < deadline) {
            if (cancel.wait_for(end_poll)) break;
            ended = poll();
        }
        if (!ended) throw;
        note_events();
        const MachineExit end = machine_exit(*ended, shutdown_reason_, output_tail(log_file()));
        Error gone = Error("the guest does not run any more").because(end.reason);
        if (!end.details.empty()) std::move(gone).because(end.details);
        throw gone;
    }
}

std::optional<MachineExit> QemuMachine::Impl::exited() {
    const auto ended = poll();
    if (!ended) {
        const std::unique_lock lock(qmp_mutex_, std::try_to_lock);
        if (lock) note_events();
        return std::nullopt;
    }
    // A command that waits for an answer sees the end as well, and lets the lock go.
    const std::scoped_lock lock(qmp_mutex_);
    note_events();
    return machine_exit(*ended, shutdown_reason_, output_tail(log_file()));
}

std::optional<MachineExit> QemuMachine::Impl::wait_for_exit(const CancelToken& cancel,
                                                            Duration limit) {
    const auto deadline = Clock::now() + limit;
    while (true) {
        if (auto end = exited()) return end;
        const auto rest = deadline - Clock::now();
        if (rest <= Duration::zero()) return std::nullopt;
        if (cancel.wait_for(std::min<Duration>(end_poll, rest))) cancel.throw_if_cancelled();
    }
}

// QEMU is asked first, so that it writes down what its disks' formats hold back; then it is killed.
void QemuMachine::Impl::power_off() {
    const auto deadline = Clock::now() + quit_limit;
    if (std::unique_lock lock(qmp_mutex_, quit_limit / 2); lock && qmp_ && !poll()) {
        try {
            qmp_->execute("quit", json::object(), CancelToken(), quit_limit);
        } catch (const Error&) {
            // It may end before it answers.
        }
    }
    while (!poll() && Clock::now() < deadline) std::this_thread::sleep_for(end_poll);
    const std::scoped_lock lock(process_mutex);
    if (process && !status) {
        process->kill();
        status = process->poll();
    }
}

void QemuMachine::Impl::release() {
    const std::scoped_lock lock(qmp_mutex_, process_mutex);
    if (!process) throw Error("the guest does not run");
    process->release();
    process.reset();
    qmp_.reset();
    screen.reset();
    runtime->release();
    runtime.reset();
}

std::optional<ExitStatus> QemuMachine::Impl::poll() {
    const std::scoped_lock lock(process_mutex);
    if (process && !status) status = process->poll();
    return status;
}

fs::path QemuMachine::Impl::control_socket() const {
    return runtime->path() / socket_name;
}

// Keeps what events tell of the guest's end. The connection's lock is held.
void QemuMachine::Impl::note_events() {
    if (!qmp_) return;
    for (const QmpEvent& event : qmp_->take_events()) {
        if (event.name == "GUEST_PANICKED") shutdown_reason_ = "guest-panic";
        if (event.name != "SHUTDOWN" || shutdown_reason_ == "guest-panic") continue;
        const auto reason = event.data.find("reason");
        if (reason != event.data.end() && reason->is_string()) {
            shutdown_reason_ = reason->get<std::string>();
        }
    }
}

namespace {

// The first of the wished and the usual places where a socket's path is short enough.
fs::path runtime_root(const fs::path& wished) {
    std::vector<fs::path> candidates;
    if (!wished.empty()) candidates.push_back(fs::absolute(wished));
    if (const char* own = std::getenv("XDG_RUNTIME_DIR"); own != nullptr && *own == '/') {
        candidates.emplace_back(own);
    }
    candidates.push_back(fs::absolute(temp_root()));
    const std::size_t longest = sizeof(sockaddr_un::sun_path) - 1 -
                                std::string_view("/kiln-XXXXXX/").size() -
                                std::string_view(socket_name).size();
    for (const fs::path& candidate : candidates) {
        const bool usable = access(candidate.c_str(), W_OK | X_OK) == 0;
        if (usable && candidate.string().size() <= longest) return candidate;
    }
    return "/tmp";
}

fs::path absolute_or_empty(const fs::path& path) {
    return path.empty() ? path : fs::absolute(path);
}

}  // namespace
}  // namespace kiln::qemu
