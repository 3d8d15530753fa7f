#include "communicator/ssh_config.h"

#include <charconv>

#include <libssh/libssh.h>

#include "communicator/ssh_certificate.h"
#include "communicator/ssh_key.h"

namespace kiln {
namespace {

constexpr Duration default_timeout = std::chrono::minutes(5);
constexpr int default_handshake_attempts = 10;

void check_keys(const SshConfig& config, std::vector<OptionError>& errors);
void check_algorithms(const SshConfig& config, std::vector<OptionError>& errors);
void check_detours(const SshConfig& config, std::vector<OptionError>& errors);
void check_tunnels(const std::vector<std::string>& tunnels, std::string_view option,
                   std::vector<OptionError>& errors);
bool is_port(std::string_view text);

}  // namespace

void apply_defaults(SshConfig& config) {
    if (!config.timeout && !config.handshake_attempts) {
        config.timeout = default_timeout;
        config.handshake_attempts = default_handshake_attempts;
    }
    if (!config.timeout) config.timeout = Duration{0};
    if (!config.handshake_attempts) config.handshake_attempts = 0;
    if (config.wait_timeout != Duration{0}) config.timeout = config.wait_timeout;
}

std::vector<OptionError> ssh_config_errors(const SshConfig& config) {
    std::vector<OptionError> errors;
    if (config.username.empty()) {
        errors.push_back(
            {"ssh_username", Error("An ssh_username must be specified")
                                 .with_hint("Note: some builders used to default ssh_username to "
                                            "\"root\".")});
    }
    if (config.port < 1 || config.port > 65535) {
        errors.push_back(
            {"ssh_port", Error(fmt::format("ssh_port is {}, not a port number", config.port))
                             .with_hint("Use a number from 1 to 65535.")});
    }
    if (config.timeout && *config.timeout < Duration{0}) {
        errors.push_back(
            {"ssh_timeout", Error("ssh_timeout is negative").with_hint("Use 0 to wait for ever.")});
    }
    if (config.handshake_attempts && *config.handshake_attempts < 0) {
        errors.push_back(
            {"ssh_handshake_attempts",
             Error("ssh_handshake_attempts is negative").with_hint("Use 0 for no limit.")});
    }
    check_keys(config, errors);
    check_algorithms(config, errors);
    check_detours(config, errors);
    check_tunnels(config.remote_tunnels, "ssh_remote_tunnels", errors);
    check_tunnels(config.local_tunnels, "ssh_local_tunnels", errors);
    return errors;
}

std::vector<OptionError> ssh_config_gaps(const SshConfig& config) {
    std::vector<OptionError> gaps;
    const auto report = [&](bool is_set, std::string_view option, std::string_view hint) {
        if (!is_set) return;
        gaps.push_back(
            {std::string(option), Error(fmt::format("{} is not supported by kiln yet", option))
                                      .with_hint(std::string(hint))});
    };
    const std::string_view forward_by_hand =
        "Open the way yourself (ssh -L, ssh -J or a SOCKS-aware forwarder) and set ssh_host and "
        "ssh_port to its local end.";
    report(!config.bastion.host.empty(), "ssh_bastion_host", forward_by_hand);
    report(!config.proxy.host.empty(), "ssh_proxy_host", forward_by_hand);
    report(!config.remote_tunnels.empty(), "ssh_remote_tunnels",
           "Remove it, or run ssh -R beside the build.");
    report(!config.local_tunnels.empty(), "ssh_local_tunnels",
           "Remove it, or run ssh -L beside the build.");
    return gaps;
}

namespace {

void check_keys(const SshConfig& config, std::vector<OptionError>& errors) {
    try {
        if (!config.private_key_file.empty()) load_private_key_file(config.private_key_file);
    } catch (const Error& error) {
        errors.push_back({"ssh_private_key_file", error});
    }
    if (config.certificate_file.empty()) return;
    if (config.private_key_file.empty()) {
        errors.push_back(
            {"ssh_certificate_file",
             Error("ssh_certificate_file is set, but not ssh_private_key_file")
                 .with_hint("A certificate is used together with its private key: set both.")});
        return;
    }
    try {
        check_certificate_file(config.certificate_file);
    } catch (const Error& error) {
        errors.push_back({"ssh_certificate_file", error});
    }
}

struct SessionFree {
    void operator()(ssh_session session) const { ssh_free(session); }
};

void check_algorithms(const SshConfig& config, std::vector<OptionError>& errors) {
    const std::unique_ptr<ssh_session_struct, SessionFree> session(ssh_new());
    if (!session) throw Error("cannot make an SSH session");
    // libssh silently drops the names it does not know from a list, so each is tried alone.
    const auto check = [&](const std::vector<std::string>& names, ssh_options_e option,
                           std::string_view option_name) {
        for (const auto& name : names) {
            const bool one_name = name.find(',') == std::string::npos;
            if (one_name && ssh_options_set(session.get(), option, name.c_str()) == SSH_OK) {
                continue;
            }
            errors.push_back(
                {std::string(option_name),
                 Error(fmt::format("{} holds \"{}\", which is not supported", option_name, name))
                     .with_hint("Remove it from the list, or leave the option out to offer all "
                                "that kiln supports.")});
        }
    };
    check(config.ciphers, SSH_OPTIONS_CIPHERS_C_S, "ssh_ciphers");
    check(config.key_exchange_algorithms, SSH_OPTIONS_KEY_EXCHANGE, "ssh_key_exchange_algorithms");
}

void check_detours(const SshConfig& config, std::vector<OptionError>& errors) {
    const SshBastion& bastion = config.bastion;
    const SshProxy& proxy = config.proxy;
    if (!bastion.host.empty() && !proxy.host.empty()) {
        errors.push_back(
            {"ssh_proxy_host",
             Error("please specify either ssh_bastion_host or ssh_proxy_host, not both")
                 .with_hint("Only one of them can lead to the guest.")});
    }
    if (!proxy.host.empty() && (proxy.port < 1 || proxy.port > 65535)) {
        errors.push_back({"ssh_proxy_port", Error(fmt::format("ssh_proxy_port is {}, not a port "
                                                              "number",
                                                              proxy.port))});
    }
    if (bastion.host.empty()) return;
    if (bastion.port < 1 || bastion.port > 65535) {
        errors.push_back(
            {"ssh_bastion_port",
             Error(fmt::format("ssh_bastion_port is {}, not a port number", bastion.port))});
    }
    const bool has_key = !bastion.private_key_file.empty() || !config.private_key_file.empty();
    if (bastion.password.empty() && !has_key && !bastion.agent_auth) {
        errors.push_back(
            {"ssh_bastion_host",
             Error("ssh_bastion_password, ssh_bastion_private_key_file or ssh_bastion_agent_auth "
                   "must be specified")});
    }
    if (!bastion.certificate_file.empty() && !has_key) {
        errors.push_back(
            {"ssh_bastion_certificate_file",
             Error("ssh_bastion_certificate_file is set, but not ssh_bastion_private_key_file")});
    }
    try {
        if (!bastion.private_key_file.empty()) load_private_key_file(bastion.private_key_file);
        if (!bastion.certificate_file.empty()) check_certificate_file(bastion.certificate_file);
    } catch (const Error& error) {
        errors.push_back({"ssh_bastion_private_key_file",
                          Error("the bastion's key cannot be used").because(error.to_string())});
    }
}

void check_tunnels(const std::vector<std::string>& tunnels, std::string_view option,
                   std::vector<OptionError>& errors) {
    for (const std::string_view tunnel : tunnels) {
        const std::size_t first = tunnel.find(':');
        const std::size_t last = tunnel.rfind(':');
        const bool good = first != std::string_view::npos && last > first + 1 &&
                          is_port(tunnel.substr(0, first)) && is_port(tunnel.substr(last + 1));
        if (good) continue;
        errors.push_back({std::string(option),
                          Error(fmt::format("{} holds \"{}\", which is no tunnel", option, tunnel))
                              .with_hint("Write LISTEN_PORT:HOST:PORT, like 8080:localhost:80.")});
    }
}

bool is_port(std::string_view text) {
    int port = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, port);
    return failure == std::errc() && stopped == end && port >= 0 && port <= 65535;
}

}  // namespace
}  // namespace kiln
