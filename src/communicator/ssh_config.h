#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/duration.h"
#include "base/error.h"

namespace kiln {

/// A host to go through on the way to the guest (`ssh_bastion_*`).
struct SshBastion {
    std::string host;
    int port = 22;
    std::string username;
    std::string password;
    bool agent_auth = false;
    bool interactive = false;      ///< its questions are put to the user
    std::string private_key_file;  ///< empty: the guest's
    std::string certificate_file;
};

/// A SOCKS5 proxy to go through on the way to the guest (`ssh_proxy_*`).
struct SshProxy {
    std::string host;
    int port = 1080;
    std::string username;
    std::string password;
};

/// How an SSH communicator reaches and enters a guest, as the template's options say it
/// (spec/components.md, 1.2); each member names its option. Plain data: the schema that fills it
/// stands with the options. `password` and `private_key` hold secrets: whoever fills them registers
/// them, and the connector registers them once more, so that none can reach a log.
struct SshConfig {
    enum class TransferMethod { Scp, Sftp };

    std::string host;      ///< ssh_host; a builder's `find_target` callback may replace it
    int port = 22;         ///< ssh_port
    std::string username;  ///< ssh_username
    std::string password;  ///< ssh_password; also answers every keyboard-interactive question
    std::string private_key_file;  ///< ssh_private_key_file, OpenSSH or PEM, not encrypted
    std::string certificate_file;  ///< ssh_certificate_file, an OpenSSH user certificate
    std::string private_key;       ///< ssh_private_key or a temporary key's text
    bool agent_auth = false;       ///< ssh_agent_auth
    /// !ssh_disable_agent_forwarding; without effect when there is no agent.
    bool agent_forwarding = false;
    std::string agent_socket;  ///< empty: SSH_AUTH_SOCK
    bool pty = false;          ///< ssh_pty: a terminal (xterm, 80 columns, 40 rows) per command

    std::optional<Duration> timeout;        ///< ssh_timeout; 0: wait for ever
    std::optional<int> handshake_attempts;  ///< ssh_handshake_attempts; 0: unlimited
    Duration wait_timeout{0};               ///< ssh_wait_timeout, the old name; wins when not 0
    Duration keep_alive_interval = std::chrono::seconds(5);  ///< negative: none are sent
    Duration read_write_timeout{0};  ///< ssh_read_write_timeout: longest silence; 0: no limit
    /// How long a lost connection is tried again before a command (a guest that reboots).
    Duration reconnect_timeout = std::chrono::minutes(5);

    std::vector<std::string> ciphers;                  ///< ssh_ciphers; empty: the default list
    std::vector<std::string> key_exchange_algorithms;  ///< ssh_key_exchange_algorithms; likewise
    TransferMethod file_transfer_method = TransferMethod::Scp;  ///< ssh_file_transfer_method

    // Ways through other hosts; see ssh_config_gaps.
    SshBastion bastion;
    SshProxy proxy;
    std::vector<std::string> remote_tunnels;  ///< ssh_remote_tunnels: `PORT:HOST:PORT`
    std::vector<std::string> local_tunnels;   ///< ssh_local_tunnels: `PORT:HOST:PORT`
};

/// Settles `timeout` and `handshake_attempts`: 5 minutes and 10 attempts when neither is set,
/// otherwise the unset one has no limit. A `wait_timeout` then replaces the timeout.
void apply_defaults(SshConfig& config);

/// What is wrong with an option of a template.
struct OptionError {
    std::string option;
    Error error;
};

/// Everything that is wrong with a configuration, before anything is connected: missing or
/// malformed values, key files that cannot be used, algorithms that are not known. Empty when it is
/// fine.
std::vector<OptionError> ssh_config_errors(const SshConfig& config);

/// Which options of a configuration the connector cannot honour yet, and what to do instead.
std::vector<OptionError> ssh_config_gaps(const SshConfig& config);

}  // namespace kiln
