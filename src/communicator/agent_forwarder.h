#pragma once

#include <list>
#include <string>
#include <vector>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <poll.h>

#include "base/file.h"
#include "communicator/ssh_config.h"

namespace kiln {

/// Where the agent listens: `agent_socket`, or SSH_AUTH_SOCK; empty when there is none.
std::string agent_socket_path(const SshConfig& config);

/// Lets programs in the guest use the builder's SSH agent: for each channel that the guest opens to
/// it, bytes are carried between that channel and a connection of its own to the agent. Belongs to
/// one session and is served from its loop.
class AgentForwarder {
  public:
    AgentForwarder(ssh_session session, const SshConfig& config);
    ~AgentForwarder();
    AgentForwarder(const AgentForwarder&) = delete;
    AgentForwarder& operator=(const AgentForwarder&) = delete;

    /// The descriptors on which the agents' answers come.
    void add_to_poll(std::vector<pollfd>& fds) const;
    /// Carries what is there, in both directions, without waiting.
    void serve();

  private:
    struct Link {
        ssh_channel channel;
        UniqueFd agent;
        std::string to_agent;
        std::string to_guest;
    };

    static ssh_channel open_link(ssh_session session, void* self) noexcept;
    static bool carry_to_agent(Link& link);
    static bool carry_to_guest(Link& link);

    ssh_session session_;
    std::string socket_path_;
    ssh_callbacks_struct callbacks_{};
    std::list<Link> links_;
};

}  // namespace kiln
