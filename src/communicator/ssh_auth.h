#pragma once

#include <string>
#include <vector>

#include "communicator/ssh_session.h"

namespace kiln {

/// How a login went.
struct SshLogin {
    bool accepted = false;
    std::vector<std::string> tried;    ///< "agent", "password", ...: what was refused
    std::vector<std::string> offered;  ///< the methods the server would still take
    std::string disconnected;          ///< why the server hung up during the login, if it did
};

/// Logs in with what the configuration gives and the server offers: the agent's keys, the key file,
/// the key in memory, then the password, also as the answer to keyboard-interactive questions.
/// A refusal is an outcome; Error is thrown for a key or agent that cannot be used, ConnectionLost
/// when the connection broke before anything was refused, or `until` passed.
SshLogin log_in(SshSession& session, const SshConfig& config, const CancelToken& cancel,
                SshSession::Clock::time_point until);

}  // namespace kiln
