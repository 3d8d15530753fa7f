#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include "base/cancel.h"
#include "base/file.h"
#include "communicator/agent_forwarder.h"
#include "communicator/ssh_config.h"

namespace kiln {

/// The connection to the guest is gone, or the guest no longer answers on it.
class ConnectionLost : public Error {
  public:
    explicit ConnectionLost(std::string reason) : Error(std::move(reason)) {}
};

/// One SSH connection over a socket, from handshake to close. libssh is only ever used without
/// blocking: whoever waits does so in `wait`, which polls the socket and the cancel token together,
/// sends keep-alives and serves a forwarded agent. One thread at a time; channels must be gone
/// before their session.
class SshSession {
  public:
    using Clock = std::chrono::steady_clock;

    /// Does the handshake on a connected socket. Throws Error with the server's or libssh's reason,
    /// also when it is not done at `until`. Host keys are not verified: a new guest's key is
    /// unknown by nature.
    SshSession(UniqueFd socket, const SshConfig& config, const CancelToken& cancel,
               Clock::time_point until);
    SshSession(const SshSession&) = delete;
    SshSession& operator=(const SshSession&) = delete;

    ssh_session raw() const { return session_.get(); }
    bool connected() const;
    /// libssh's last error, fit for a message.
    std::string last_error() const;

    /// Waits until something happened on the connection; false when `until` passed first. Throws
    /// ConnectionLost and Cancelled.
    bool wait(const CancelToken& cancel, Clock::time_point until);
    /// Calls `attempt` until it returns something other than `again`. Returns `again` when `until`
    /// passed first.
    template <class Attempt>
    int drive(const Attempt& attempt, int again, const CancelToken& cancel,
              Clock::time_point until) {
        for (;;) {
            const int result = attempt();
            if (result != again || !wait(cancel, until)) return result;
        }
    }

    /// Starts the measure of silence anew; for what begins after a pause.
    void expect_answer() { last_heard_ = Clock::now(); }

  private:
    struct Free {
        void operator()(ssh_session session) const;
    };
    struct EventFree {
        ssh_session session;
        void operator()(ssh_event event) const;
    };

    void set_options(const SshConfig& config);
    void set(ssh_options_e option, const void* value, std::string_view what);
    bool serve();
    void send_keep_alive_when_due();
    void check_silence();
    Clock::time_point next_wake(Clock::time_point until) const;

    std::unique_ptr<ssh_session_struct, Free> session_;
    std::unique_ptr<ssh_event_struct, EventFree> event_;
    std::unique_ptr<AgentForwarder> agent_;
    ssh_counter_struct traffic_{};
    std::uint64_t bytes_heard_ = 0;
    Clock::time_point last_heard_;
    Clock::time_point last_keep_alive_;
    Duration keep_alive_interval_;
    Duration read_write_timeout_;
    bool keep_alive_ready_ = false;  // only after the handshake
};

}  // namespace kiln
