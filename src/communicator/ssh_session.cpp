#include "communicator/ssh_session.h"

#include <algorithm>
#include <vector>

#include <fmt/ranges.h>
#include <libssh/server.h>
#include <poll.h>

#include "communicator/ssh_probe.h"

namespace kiln {
namespace {

using namespace std::chrono_literals;

/// An upper bound for one poll, in case libssh has work that no descriptor shows.
constexpr auto longest_poll = 1s;

// What libssh offers by default, and after it the older algorithms that guests of the last decade
// need. Nothing is lost by it: the connection does not leave this host, or its key is unknown.
constexpr const char* host_key_algorithms =
    "ssh-ed25519,ecdsa-sha2-nistp521,ecdsa-sha2-nistp384,ecdsa-sha2-nistp256,rsa-sha2-512,"
    "rsa-sha2-256,ssh-rsa";
constexpr const char* key_exchange_algorithms =
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"
    "ecdh-sha2-nistp521,diffie-hellman-group18-sha512,diffie-hellman-group16-sha512,"
    "diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256,"
    "diffie-hellman-group14-sha1";
constexpr const char* ciphers =
    "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-ctr,"
    "aes192-ctr,aes256-ctr";
constexpr const char* message_digests =
    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512,"
    "hmac-sha1";

}  // namespace

SshSession::SshSession(UniqueFd socket, const SshConfig& config, const CancelToken& cancel,
                       Clock::time_point until)
    : session_(ssh_new()),
      last_heard_(Clock::now()),
      last_keep_alive_(last_heard_),
      keep_alive_interval_(config.keep_alive_interval),
      read_write_timeout_(config.read_write_timeout) {
    if (!session_) throw Error("cannot make an SSH session");
    set_options(config);
    const socket_t fd = socket.get();
    set(SSH_OPTIONS_FD, &fd, "socket");
    ssh_set_blocking(raw(), 0);
    ssh_set_counters(raw(), &traffic_, nullptr);
    // From here on libssh owns the descriptor.
    socket.release();
    int result = ssh_connect(raw());
    event_ = {ssh_event_new(), EventFree{raw()}};
    if (!event_) throw Error("cannot make an event loop for SSH");
    if (result != SSH_ERROR) ssh_event_add_session(event_.get(), raw());
    if (result == SSH_AGAIN) {
        result = drive([this] { return ssh_connect(raw()); }, SSH_AGAIN, cancel, until);
    }
    if (result == SSH_AGAIN) throw Error("the SSH handshake takes too long");
    if (result != SSH_OK) throw Error("the SSH handshake failed").because(last_error());
    keep_alive_ready_ = true;
    if (config.agent_forwarding) agent_ = std::make_unique<AgentForwarder>(raw(), config);
}

void SshSession::EventFree::operator()(ssh_event event) const {
    // Else the event frees the session's poll handle, to which its socket still points.
    ssh_event_remove_session(event, session);
    ssh_event_free(event);
}

void SshSession::Free::operator()(ssh_session session) const {
    ssh_disconnect(session);
    ssh_free(session);
}

bool SshSession::connected() const {
    return ssh_is_connected(raw()) != 0;
}

std::string SshSession::last_error() const {
    const std::string_view text = ssh_get_error(raw());
    return text.empty() ? "the connection was closed" : printable(text);
}

bool SshSession::wait(const CancelToken& cancel, Clock::time_point until) {
    cancel.throw_if_cancelled();
    if (serve()) return true;
    const auto now = Clock::now();
    if (now >= until) return false;
    const short writing = (ssh_get_poll_flags(raw()) & SSH_WRITE_PENDING) != 0 ? POLLOUT : 0;
    std::vector<pollfd> fds = {{cancel.fd(), POLLIN, 0},
                               {ssh_get_fd(raw()), static_cast<short>(POLLIN | writing), 0}};
    if (agent_) agent_->add_to_poll(fds);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_wake(until) - now);
    poll(fds.data(), fds.size(), static_cast<int>(std::max(left, 0ms).count()));
    cancel.throw_if_cancelled();
    serve();
    return true;
}

/// Lets libssh handle what has arrived, then does what is due beside it. True when anything came
/// since the last call, also through other calls into libssh.
bool SshSession::serve() {
    if (!connected()) throw ConnectionLost(last_error());
    const bool failed = ssh_event_dopoll(event_.get(), 0) == SSH_ERROR;
    const bool heard = traffic_.in_bytes != bytes_heard_;
    if (heard) {
        bytes_heard_ = traffic_.in_bytes;
        last_heard_ = Clock::now();
    }
    if (failed || !connected()) throw ConnectionLost(last_error());
    if (agent_) agent_->serve();
    send_keep_alive_when_due();
    check_silence();
    return heard;
}

void SshSession::send_keep_alive_when_due() {
    const auto now = Clock::now();
    if (!keep_alive_ready_ || keep_alive_interval_ <= Duration{0}) return;
    if (now - last_keep_alive_ < keep_alive_interval_) return;
    last_keep_alive_ = now;
    ssh_send_keepalive(raw());
}

void SshSession::check_silence() {
    if (read_write_timeout_ <= Duration{0}) return;
    if (Clock::now() - last_heard_ < read_write_timeout_) return;
    throw ConnectionLost(
        fmt::format("nothing was heard from the guest for {} "
                    "(ssh_read_write_timeout)",
                    format_duration(read_write_timeout_)));
}

SshSession::Clock::time_point SshSession::next_wake(Clock::time_point until) const {
    auto wake = std::min(until, Clock::now() + longest_poll);
    if (keep_alive_ready_ && keep_alive_interval_ > Duration{0}) {
        wake = std::min(wake, last_keep_alive_ + keep_alive_interval_);
    }
    if (read_write_timeout_ > Duration{0}) {
        wake = std::min(wake, last_heard_ + read_write_timeout_);
    }
    return wake;
}

void SshSession::set_options(const SshConfig& config) {
    const bool no = false;
    const auto list = [](const std::vector<std::string>& names, const char* otherwise) {
        return names.empty() ? std::string(otherwise) : fmt::format("{}", fmt::join(names, ","));
    };
    const std::string cipher_list = list(config.ciphers, ciphers);
    const std::string exchange_list = list(config.key_exchange_algorithms, key_exchange_algorithms);
    // The user's own client configuration and known hosts have no say in a build.
    set(SSH_OPTIONS_PROCESS_CONFIG, &no, "configuration");
    set(SSH_OPTIONS_KNOWNHOSTS, "/dev/null", "known hosts");
    set(SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null", "known hosts");
    set(SSH_OPTIONS_HOST, "guest", "host");
    set(SSH_OPTIONS_USER, config.username.c_str(), "ssh_username");
    set(SSH_OPTIONS_HOSTKEYS, host_key_algorithms, "host key algorithms");
    set(SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, host_key_algorithms, "public key algorithms");
    set(SSH_OPTIONS_HMAC_C_S, message_digests, "message digests");
    set(SSH_OPTIONS_HMAC_S_C, message_digests, "message digests");
    set(SSH_OPTIONS_CIPHERS_C_S, cipher_list.c_str(), "ssh_ciphers");
    set(SSH_OPTIONS_CIPHERS_S_C, cipher_list.c_str(), "ssh_ciphers");
    set(SSH_OPTIONS_KEY_EXCHANGE, exchange_list.c_str(), "ssh_key_exchange_algorithms");
    if (!config.agent_socket.empty()) {
        set(SSH_OPTIONS_IDENTITY_AGENT, config.agent_socket.c_str(), "agent socket");
    }
}

void SshSession::set(ssh_options_e option, const void* value, std::string_view what) {
    if (ssh_options_set(raw(), option, value) == SSH_OK) return;
    throw Error(fmt::format("the SSH library does not accept the {}", what)).because(last_error());
}

}  // namespace kiln
