#include "communicator/ssh_channel.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

#include "communicator/line_splitter.h"
#include "communicator/ssh_probe.h"

namespace kiln {
namespace {

using namespace std::chrono_literals;

/// How long the guest may take to grant a channel or a request. A connection that is silent for so
/// long is taken for dead: the guest was reset, and nobody told this side.
constexpr auto request_limit = 30s;
constexpr auto forever = SshSession::Clock::time_point::max();
/// Output that nobody asked for while bytes are sent; a transfer protocol needs some hundred bytes.
constexpr std::size_t largest_backlog = std::size_t{8} << 20;
constexpr std::size_t largest_error_tail = 4096;
constexpr std::uint32_t largest_write = 128 * 1024;
constexpr int terminal_columns = 80;
constexpr int terminal_rows = 40;

int signal_number(std::string_view name);

}  // namespace

SshChannel::SshChannel(SshSession& session, CancelToken cancel)
    : session_(session), cancel_(std::move(cancel)) {
    if (!session_.connected()) throw ConnectionLost("the connection to the guest is closed");
    session_.expect_answer();
    channel_ = {ssh_channel_new(session_.raw()), Free{&callbacks_}};
    if (!channel_) throw Error("cannot make an SSH channel");
    callbacks_.userdata = this;
    callbacks_.channel_data_function = on_data;
    callbacks_.channel_exit_status_function = on_exit_status;
    callbacks_.channel_exit_signal_function = on_exit_signal;
    ssh_callbacks_init(&callbacks_);
    ssh_set_channel_callbacks(channel_.get(), &callbacks_);
    const auto open = [this] { return ssh_channel_open_session(channel_.get()); };
    const int result =
        session_.drive(open, SSH_AGAIN, cancel_, SshSession::Clock::now() + request_limit);
    if (result == SSH_AGAIN) {
        throw ConnectionLost(
            fmt::format("the guest did not answer for {} s", request_limit.count()));
    }
    if (result != SSH_OK) throw ConnectionLost(session_.last_error());
}

void SshChannel::Free::operator()(ssh_channel channel) const {
    // The channel may live on inside libssh until the guest has closed it too.
    ssh_remove_channel_callbacks(channel, callbacks);
    ssh_channel_free(channel);
}

void SshChannel::request_terminal() {
    request(
        [this] {
            return ssh_channel_request_pty_size(channel_.get(), "xterm", terminal_columns,
                                                terminal_rows);
        },
        "a terminal");
}

void SshChannel::request_agent_forwarding() {
    session_.drive([this] { return ssh_channel_request_auth_agent(channel_.get()); }, SSH_AGAIN,
                   cancel_, SshSession::Clock::now() + request_limit);
}

void SshChannel::execute(const std::string& command) {
    request([&] { return ssh_channel_request_exec(channel_.get(), command.c_str()); },
            "to run a command");
}

void SshChannel::start_subsystem(const std::string& name) {
    request([&] { return ssh_channel_request_subsystem(channel_.get(), name.c_str()); },
            fmt::format("the {} subsystem", name));
}

template <class Attempt>
void SshChannel::request(const Attempt& attempt, std::string_view what) {
    const int result =
        session_.drive(attempt, SSH_AGAIN, cancel_, SshSession::Clock::now() + request_limit);
    if (result == SSH_OK) return;
    if (result == SSH_AGAIN || !session_.connected()) {
        throw ConnectionLost(fmt::format("the guest did not answer the request for {}", what));
    }
    throw Error(fmt::format("the guest's SSH server refused {}", what));
}

int SshChannel::run_to_end(const OutputHandlers& handlers) {
    LineSplitter out_lines(handlers.on_stdout);
    LineSplitter error_lines(handlers.on_stderr);
    const auto hand_on = [&] {
        // Taken out first: a handler may throw, and must not see the same bytes again.
        const std::string out = std::exchange(out_, {});
        const std::string error = std::exchange(error_, {});
        out_lines.feed(out);
        error_lines.feed(error);
    };
    bool going = true;
    while (going) {
        try {
            going = !ended() && wait(forever);
        } catch (const ConnectionLost&) {
            going = false;
        }
        hand_on();
    }
    out_lines.finish();
    error_lines.finish();
    return exit_status();
}

std::size_t SshChannel::read(std::span<char> into) {
    while (out_read_ == out_.size()) {
        out_.clear();
        out_read_ = 0;
        if (ssh_channel_is_eof(channel_.get()) != 0 || ended()) return 0;
        wait(forever);
        keep_error_output();
    }
    const std::size_t size = std::min(into.size(), out_.size() - out_read_);
    std::memcpy(into.data(), out_.data() + out_read_, size);
    out_read_ += size;
    return size;
}

void SshChannel::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto size =
            static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), largest_write));
        const int sent = ssh_channel_write(channel_.get(), bytes.data(), size);
        if (flooded_) throw Error("the guest sends much more than it was asked for");
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (sent == SSH_ERROR || ended()) {
            if (!session_.connected()) throw ConnectionLost(session_.last_error());
            throw Error("the guest ended the transfer too early");
        }
        wait(forever);
        keep_error_output();
    }
}

void SshChannel::finish() {
    if (ssh_channel_send_eof(channel_.get()) == SSH_ERROR && !session_.connected()) {
        throw ConnectionLost(session_.last_error());
    }
}

int SshChannel::wait_for_exit() {
    try {
        const auto until = SshSession::Clock::now() + request_limit;
        while (!ended() && wait(until)) {
            keep_error_output();
            out_.clear();
            out_read_ = 0;
        }
    } catch (const ConnectionLost&) {
        // exit_status() knows whether the command had ended before.
    }
    return exit_status();
}

bool SshChannel::wait(SshSession::Clock::time_point until) {
    if (flooded_) throw Error("the guest sends much more than it was asked for");
    return session_.wait(cancel_, until);
}

bool SshChannel::ended() const {
    return ssh_channel_is_closed(channel_.get()) != 0;
}

void SshChannel::keep_error_output() {
    error_tail_ += std::exchange(error_, {});
    if (error_tail_.size() > largest_error_tail) {
        error_tail_.erase(0, error_tail_.size() - largest_error_tail);
    }
}

int SshChannel::exit_status() const {
    return status_.value_or(exit_status_disconnected);
}

int SshChannel::on_data(ssh_session, ssh_channel, void* data, std::uint32_t size, int is_stderr,
                        void* self) noexcept {
    auto* channel = static_cast<SshChannel*>(self);
    std::string& buffer = is_stderr != 0 ? channel->error_ : channel->out_;
    if (buffer.size() + size > largest_backlog) {
        channel->flooded_ = true;
        return 0;
    }
    buffer.append(static_cast<const char*>(data), size);
    return static_cast<int>(size);
}

void SshChannel::on_exit_status(ssh_session, ssh_channel, int status, void* self) noexcept {
    static_cast<SshChannel*>(self)->status_ = status;
}

void SshChannel::on_exit_signal(ssh_session, ssh_channel, const char* signal, int, const char*,
                                const char*, void* self) noexcept {
    constexpr int signal_base = 128;
    static_cast<SshChannel*>(self)->status_ = signal_base + signal_number(signal);
}

namespace {

/// The signals of RFC 4254, section 6.10, with Linux's numbers; 0 for others.
int signal_number(std::string_view name) {
    struct Signal {
        std::string_view name;
        int number;
    };
    constexpr std::array signals = {
        Signal{"ABRT", SIGABRT}, Signal{"ALRM", SIGALRM}, Signal{"FPE", SIGFPE},
        Signal{"HUP", SIGHUP},   Signal{"ILL", SIGILL},   Signal{"INT", SIGINT},
        Signal{"KILL", SIGKILL}, Signal{"PIPE", SIGPIPE}, Signal{"QUIT", SIGQUIT},
        Signal{"SEGV", SIGSEGV}, Signal{"TERM", SIGTERM}, Signal{"USR1", SIGUSR1},
        Signal{"USR2", SIGUSR2},
    };
    const auto found = std::find_if(signals.begin(), signals.end(),
                                    [&](const Signal& known) { return known.name == name; });
    return found == signals.end() ? 0 : found->number;
}

}  // namespace
}  // namespace kiln
