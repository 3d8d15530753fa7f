#include "communicator/ssh_connector.h"

#include <fmt/ranges.h>

#include "base/secret.h"
#include "communicator/agent_forwarder.h"
#include "communicator/ssh_auth.h"

namespace kiln {
namespace {

using namespace std::chrono_literals;

constexpr auto handshake_limit = 60s;
constexpr auto pause_after_failure = 1s;
constexpr auto pause_without_address = 250ms;
constexpr const char* handshake_hint =
    "The server answers but the connection cannot be set up: see its log in the guest, and "
    "ssh_ciphers and ssh_key_exchange_algorithms when you have set them.";
constexpr const char* slow_hint =
    "The guest's SSH server answers but is very slow: set a longer ssh_timeout, or give the guest "
    "more memory and processors.";

std::string hint_for(SshProbe::Trouble trouble);
std::string describe_login(const SshLogin& login, const SshConfig& config);
std::string login_hint(const SshConfig& config, const SshLogin& login);

}  // namespace

SshConnector::SshConnector(SshConfig config, SshCallbacks callbacks)
    : config_(std::move(config)), callbacks_(std::move(callbacks)) {
    if (config_.password != config_.username) secrets().add_word(config_.password);
    secrets().add(config_.private_key);
    apply_defaults(config_);
    for (const OptionError& wrong : ssh_config_errors(config_)) throw wrong.error;
    for (const OptionError& gap : ssh_config_gaps(config_)) throw gap.error;
    const bool has_agent = !agent_socket_path(config_).empty();
    if (!has_agent) config_.agent_forwarding = false;
    if (config_.agent_auth && !has_agent) {
        throw Error("ssh_agent_auth is set, but there is no SSH agent")
            .because("SSH_AUTH_SOCK is not set")
            .with_hint("Start one with: eval $(ssh-agent); ssh-add KEY");
    }
}

std::unique_ptr<SshSession> SshConnector::connect(const CancelToken& cancel, Duration limit) {
    refused_logins_ = 0;
    stage_.clear();
    hint_.clear();
    CancelSource limited(cancel);
    std::optional<Deadline> deadline;
    if (limit > Duration{0}) deadline.emplace(limited, limit, "ssh_timeout passed");
    try {
        for (;;) {
            if (auto session = connect_once_more(limited.token())) return session;
        }
    } catch (const Cancelled&) {
        if (!deadline || !deadline->expired()) throw;
        give_up("Timeout waiting for SSH.");
    }
}

/// One attempt; nothing when it failed in a way that time may mend.
std::unique_ptr<SshSession> SshConnector::connect_once_more(const CancelToken& cancel) {
    cancel.throw_if_cancelled();
    if (callbacks_.guest_ended) {
        if (const auto reason = callbacks_.guest_ended()) {
            throw Error("the guest ended while kiln waited for SSH")
                .because(*reason)
                .with_hint("Look at the guest's screen or serial log for what happened before.");
        }
    }
    doing_.clear();
    std::optional<UniqueFd> socket = look_for_server(cancel);
    if (!socket) return nullptr;
    try {
        if (auto session = shake_hands(std::move(*socket), cancel)) return session;
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        at_stage(error.what(), handshake_hint);
    }
    doing_.clear();
    if (*config_.handshake_attempts > 0 && refused_logins_ >= *config_.handshake_attempts) {
        give_up(fmt::format("SSH login failed {} times.", refused_logins_));
    }
    cancel.wait_for(pause_after_failure);
    return nullptr;
}

std::optional<UniqueFd> SshConnector::look_for_server(const CancelToken& cancel) {
    SshTarget target{config_.host, config_.port};
    try {
        if (callbacks_.find_target) target = callbacks_.find_target();
        if (target.host.empty()) throw Error("ssh_host is not set");
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        at_stage(fmt::format("the guest's address is not known: {}", error.what()),
                 error.hint().empty() ? "Check that the guest gets a network address, or set "
                                        "ssh_host."
                                      : error.hint());
        cancel.wait_for(pause_without_address);
        return std::nullopt;
    }
    auto socket = probe_.step(target, cancel);
    if (!socket && probe_.trouble()) {
        at_stage(fmt::format("{}: {}", to_string(target), probe_.trouble_text()),
                 hint_for(*probe_.trouble()));
    }
    return socket;
}

std::unique_ptr<SshSession> SshConnector::shake_hands(UniqueFd socket, const CancelToken& cancel) {
    const auto until = SshSession::Clock::now() + handshake_limit;
    doing_ = "the SSH handshake";
    auto session = std::make_unique<SshSession>(std::move(socket), config_, cancel, until);
    doing_ = fmt::format("the login of user \"{}\"", config_.username);
    const SshLogin login = log_in(*session, config_, cancel, until);
    if (login.accepted) return session;
    ++refused_logins_;
    at_stage(describe_login(login, config_), login_hint(config_, login));
    return nullptr;
}

void SshConnector::give_up(std::string message) const {
    std::string reason = doing_.empty() ? stage_ : doing_ + " did not come to an end";
    if (!doing_.empty() && !stage_.empty()) reason += fmt::format(" (before: {})", stage_);
    if (reason.empty()) throw Error(std::move(message)).with_hint("Set a longer ssh_timeout.");
    throw Error(std::move(message)).because(reason).with_hint(hint_.empty() ? slow_hint : hint_);
}

void SshConnector::at_stage(std::string stage, std::string hint) {
    hint_ = std::move(hint);
    if (stage == stage_) return;
    stage_ = std::move(stage);
    if (callbacks_.on_progress) callbacks_.on_progress(stage_);
}

std::unique_ptr<SshCommunicator> connect_ssh(SshConfig config, SshCallbacks callbacks,
                                             const CancelToken& cancel) {
    SshConnector connector(std::move(config), std::move(callbacks));
    const Duration limit = *connector.config().timeout;
    auto session = connector.connect(cancel, limit);
    return std::make_unique<SshCommunicator>(std::make_unique<SshConnector>(std::move(connector)),
                                             std::move(session));
}

namespace {

std::string hint_for(SshProbe::Trouble trouble) {
    switch (trouble) {
        case SshProbe::Trouble::Address:
            return "Check ssh_host.";
        case SshProbe::Trouble::Refused:
        case SshProbe::Trouble::NoBanner:
            return "The guest has no SSH server running yet: check on its screen that the "
                   "installation came to its end, that it started from disk and that sshd is "
                   "installed and enabled; set a longer ssh_timeout if it is only slow.";
        case SshProbe::Trouble::NoAnswer:
            return "Check that the guest has a network and that no firewall drops the connection.";
        case SshProbe::Trouble::NotSsh:
            return "Check ssh_port.";
    }
    return "";
}

std::string describe_login(const SshLogin& login, const SshConfig& config) {
    std::string text = fmt::format("the guest refused the login of user \"{}\"", config.username);
    if (login.tried.empty()) {
        text += " (nothing that kiln was given fits what it offers)";
    } else {
        text += fmt::format(" (tried: {})", fmt::join(login.tried, ", "));
    }
    if (!login.offered.empty()) {
        text += fmt::format("; it offers: {}", fmt::join(login.offered, ", "));
    }
    if (!login.disconnected.empty()) text += fmt::format("; it hung up: {}", login.disconnected);
    return text;
}

std::string login_hint(const SshConfig& config, const SshLogin& login) {
    if (login.tried.empty()) {
        return "Give kiln a way in that the server offers: ssh_password, ssh_private_key_file or "
               "ssh_agent_auth.";
    }
    if (config.username == "root") {
        return "Check the password or key against the installer's answer file; sshd refuses root "
               "passwords unless PermitRootLogin is \"yes\".";
    }
    return "Check ssh_username and the password or key against the installer's answer file.";
}

}  // namespace
}  // namespace kiln
