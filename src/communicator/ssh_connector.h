#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/cancel.h"
#include "communicator/ssh_communicator.h"
#include "communicator/ssh_config.h"
#include "communicator/ssh_probe.h"
#include "communicator/ssh_session.h"

namespace kiln {

/// What the builder knows about its guest. Each may be empty; all are called on the thread that
/// connects, also for a later reconnect, so what they refer to must outlive the communicator.
struct SshCallbacks {
    /// Where the server is, when that is not the configuration's host and port. Called before each
    /// attempt, up to four times a second. An Error means "not known yet" and is tried again.
    std::function<SshTarget()> find_target;
    /// Why the guest no longer runs; nothing while it does. Ends the wait at once.
    std::function<std::optional<std::string>()> guest_ended;
    /// Told when the wait comes to another stage: "127.0.0.1:2222: it refuses connections".
    std::function<void(const std::string& stage)> on_progress;
};

/// Waits for a guest's SSH server and logs in, again and again until it works. Tries are spaced:
/// at most four connections per second before the server answers, one per second after a failed
/// handshake or login. Failed logins count as `handshake_attempts`; nothing else does.
class SshConnector {
  public:
    /// Applies the defaults of timeout and attempts, and registers the configuration's secrets.
    /// Throws Error for a configuration that cannot work (the first of ssh_config_errors).
    SshConnector(SshConfig config, SshCallbacks callbacks);

    /// Tries for at most `limit` (0: for ever). The Error says at which stage it hung, and what to
    /// do about it. Throws Cancelled.
    std::unique_ptr<SshSession> connect(const CancelToken& cancel, Duration limit);

    const SshConfig& config() const { return config_; }

  private:
    std::unique_ptr<SshSession> connect_once_more(const CancelToken& cancel);
    std::optional<UniqueFd> look_for_server(const CancelToken& cancel);
    std::unique_ptr<SshSession> shake_hands(UniqueFd socket, const CancelToken& cancel);
    [[noreturn]] void give_up(std::string message) const;
    void at_stage(std::string stage, std::string hint);

    SshConfig config_;
    SshCallbacks callbacks_;
    SshProbe probe_;
    int refused_logins_ = 0;
    std::string stage_;  // what went wrong last
    std::string hint_;   // and what to do about it
    std::string doing_;  // what is under way and may hang
};

/// Connects under the configuration's `ssh_timeout`; see SshConnector.
std::unique_ptr<SshCommunicator> connect_ssh(SshConfig config, SshCallbacks callbacks,
                                             const CancelToken& cancel);

}  // namespace kiln
