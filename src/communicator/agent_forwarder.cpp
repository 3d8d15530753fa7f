#include "communicator/agent_forwarder.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace kiln {
namespace {

/// Agents answer in small messages; a guest that sends more than this unread is cut off.
constexpr std::size_t largest_backlog = 256 * 1024;
constexpr std::size_t most_links = 16;

UniqueFd connect_to_agent(const std::string& path);

}  // namespace

std::string agent_socket_path(const SshConfig& config) {
    if (!config.agent_socket.empty()) return config.agent_socket;
    const char* path = std::getenv("SSH_AUTH_SOCK");
    return path == nullptr ? "" : path;
}

AgentForwarder::AgentForwarder(ssh_session session, const SshConfig& config)
    : session_(session), socket_path_(agent_socket_path(config)) {
    callbacks_.userdata = this;
    callbacks_.channel_open_request_auth_agent_function = open_link;
    ssh_callbacks_init(&callbacks_);
    ssh_set_callbacks(session_, &callbacks_);
}

AgentForwarder::~AgentForwarder() {
    // libssh keeps the pointer to the callbacks; without the function it opens no more links.
    callbacks_.channel_open_request_auth_agent_function = nullptr;
    for (const auto& link : links_) ssh_channel_free(link.channel);
}

void AgentForwarder::add_to_poll(std::vector<pollfd>& fds) const {
    for (const auto& link : links_) fds.push_back({link.agent.get(), POLLIN, 0});
}

void AgentForwarder::serve() {
    for (auto link = links_.begin(); link != links_.end();) {
        if (carry_to_agent(*link) && carry_to_guest(*link)) {
            ++link;
            continue;
        }
        ssh_channel_free(link->channel);
        link = links_.erase(link);
    }
}

ssh_channel AgentForwarder::open_link(ssh_session session, void* self) noexcept {
    auto* forwarder = static_cast<AgentForwarder*>(self);
    if (forwarder->links_.size() >= most_links) return nullptr;
    UniqueFd agent = connect_to_agent(forwarder->socket_path_);
    if (!agent) return nullptr;
    ssh_channel channel = ssh_channel_new(session);
    if (channel != nullptr) forwarder->links_.push_back({channel, std::move(agent), {}, {}});
    return channel;
}

bool AgentForwarder::carry_to_agent(Link& link) {
    std::array<char, 16 * 1024> buffer{};
    while (link.to_agent.size() < largest_backlog) {
        const int got = ssh_channel_read_nonblocking(link.channel, buffer.data(), buffer.size(), 0);
        if (got == SSH_ERROR || got == SSH_EOF) return false;
        if (got <= 0) break;
        link.to_agent.append(buffer.data(), static_cast<std::size_t>(got));
    }
    if (link.to_agent.empty()) return true;
    const ssize_t sent = send(link.agent.get(), link.to_agent.data(), link.to_agent.size(),
                              MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN;
    link.to_agent.erase(0, static_cast<std::size_t>(sent));
    return true;
}

bool AgentForwarder::carry_to_guest(Link& link) {
    std::array<char, 16 * 1024> buffer{};
    while (link.to_guest.size() < largest_backlog) {
        const ssize_t got = recv(link.agent.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got == 0) return false;
        if (got < 0) {
            if (errno != EAGAIN) return false;
            break;
        }
        link.to_guest.append(buffer.data(), static_cast<std::size_t>(got));
    }
    if (link.to_guest.empty()) return true;
    const int sent = ssh_channel_write(link.channel, link.to_guest.data(),
                                       static_cast<std::uint32_t>(link.to_guest.size()));
    if (sent == SSH_ERROR) return false;
    if (sent > 0) link.to_guest.erase(0, static_cast<std::size_t>(sent));
    return true;
}

namespace {

UniqueFd connect_to_agent(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) return UniqueFd();
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) return fd;
    if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return UniqueFd();
    }
    return fd;
}

}  // namespace
}  // namespace kiln
