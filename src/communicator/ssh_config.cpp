#include "communicator/ssh_config.h"

#include <libssh/libssh.h>

#include "communicator/ssh_certificate.h"
#include "communicator/ssh_key.h"

namespace kiln {
namespace {

constexpr Duration default_timeout = std::chrono::minutes(5);
constexpr int default_handshake_attempts = 10;

void check_keys(const SshConfig& config, std::vector<Error>& errors);
void check_algorithms(const SshConfig& config, std::vector<Error>& errors);
void refuse_unsupported(const SshConfig& config, std::vector<Error>& errors);

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

std::vector<Error> ssh_config_errors(const SshConfig& config) {
    std::vector<Error> errors;
    if (config.username.empty()) {
        errors.push_back(Error("An ssh_username must be specified")
                             .with_hint("Note: some builders used to default ssh_username to "
                                        "\"root\"."));
    }
    if (config.port < 1 || config.port > 65535) {
        errors.push_back(Error(fmt::format("ssh_port is {}, not a port number", config.port))
                             .with_hint("Use a number from 1 to 65535."));
    }
    if (config.timeout && *config.timeout < Duration{0}) {
        errors.push_back(Error("ssh_timeout is negative").with_hint("Use 0 to wait for ever."));
    }
    if (config.handshake_attempts && *config.handshake_attempts < 0) {
        errors.push_back(
            Error("ssh_handshake_attempts is negative").with_hint("Use 0 for no limit."));
    }
    check_keys(config, errors);
    check_algorithms(config, errors);
    refuse_unsupported(config, errors);
    return errors;
}

namespace {

void check_keys(const SshConfig& config, std::vector<Error>& errors) {
    try {
        if (!config.private_key_file.empty()) load_private_key_file(config.private_key_file);
    } catch (const Error& error) {
        errors.push_back(error);
    }
    if (config.certificate_file.empty()) return;
    if (config.private_key_file.empty()) {
        errors.push_back(
            Error("ssh_certificate_file is set, but not ssh_private_key_file")
                .with_hint("A certificate is used together with its private key: set both."));
        return;
    }
    try {
        check_certificate_file(config.certificate_file);
    } catch (const Error& error) {
        errors.push_back(error);
    }
}

struct SessionFree {
    void operator()(ssh_session session) const { ssh_free(session); }
};

void check_algorithms(const SshConfig& config, std::vector<Error>& errors) {
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
                Error(fmt::format("{} holds \"{}\", which is not supported", option_name, name))
                    .with_hint("Remove it from the list, or leave the option out to offer all "
                               "that kiln supports."));
        }
    };
    check(config.ciphers, SSH_OPTIONS_CIPHERS_C_S, "ssh_ciphers");
    check(config.key_exchange_algorithms, SSH_OPTIONS_KEY_EXCHANGE, "ssh_key_exchange_algorithms");
}

void refuse_unsupported(const SshConfig& config, std::vector<Error>& errors) {
    const auto refuse = [&](bool is_set, std::string_view option, std::string_view hint) {
        if (!is_set) return;
        errors.push_back(
            Error(fmt::format("{} is not supported by kiln yet", option)).with_hint(hint));
    };
    const std::string_view forward_by_hand =
        "Open the way yourself (ssh -L, ssh -J or a SOCKS-aware forwarder) and set ssh_host and "
        "ssh_port to its local end.";
    refuse(!config.bastion_host.empty(), "ssh_bastion_host", forward_by_hand);
    refuse(!config.proxy_host.empty(), "ssh_proxy_host", forward_by_hand);
    refuse(!config.remote_tunnels.empty(), "ssh_remote_tunnels",
           "Remove it, or run ssh -R beside the build.");
    refuse(!config.local_tunnels.empty(), "ssh_local_tunnels",
           "Remove it, or run ssh -L beside the build.");
}

}  // namespace
}  // namespace kiln
