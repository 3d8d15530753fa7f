#include "builder/options/communicator_options.h"

#include <cstdlib>

#include "base/secret.h"
#include "communicator/ssh_key.h"

namespace kiln {
namespace {

Schema<SshConfig> ssh_schema();
Schema<SshBastion> bastion_schema();
Schema<SshProxy> proxy_schema();
Schema<WinRmConfig> winrm_schema();
void check_communicator(const CommunicatorOptions& options, Problems& problems);
void check_ssh(const CommunicatorOptions& options, Problems& problems);

}  // namespace

Schema<CommunicatorOptions> communicator_schema() {
    using O = CommunicatorOptions;
    Schema<O> schema("communicator", "How provisioners reach the guest.");
    schema.option("communicator", &O::communicator, "How to reach the guest.")
        .one_of({"ssh", "none", "winrm", "docker", "dockerWindowsContainer"})
        .option("pause_before_connecting", &O::pause_before_connecting,
                "Time to wait after the first connection succeeds, before connecting again.")
        .include(&O::ssh, ssh_schema())
        .option("ssh_file_transfer_method", &O::ssh_file_transfer_method, "How files are sent.")
        .one_of({"scp", "sftp"})
        .option("ssh_disable_agent_forwarding", &O::ssh_disable_agent_forwarding,
                "Do not offer the local SSH agent to the guest.")
        .option("ssh_clear_authorized_keys", &O::ssh_clear_authorized_keys,
                "Take the temporary key out of the guest's authorized_keys at the end; needs "
                "temporary_key_pair_name.")
        .option("ssh_keypair_name", &O::ssh_keypair_name, "A cloud's name of a key; not used here.")
        .option("temporary_key_pair_name", &O::temporary_key_pair_name,
                "The comment by which ssh_clear_authorized_keys finds the temporary key.")
        .option("temporary_key_pair_type", &O::temporary_key_pair_type,
                "The kind of the temporary key.")
        .one_of({"ed25519", "rsa", "ecdsa", "dsa"})
        .option("temporary_key_pair_bits", &O::temporary_key_pair_bits,
                "The size of the temporary key; 0: the kind's default.")
        .include(&O::winrm, winrm_schema())
        .former_name("ssh_key_path", "It is ssh_private_key_file now.")
        .former_name("ssh_disable_agent", "It is ssh_disable_agent_forwarding now.")
        .check(check_communicator);
    return schema;
}

void report_communicator_gaps(const CommunicatorOptions& options, Problems& problems) {
    if (options.communicator == "none") return;
    if (!options.uses_ssh()) {
        problems.error("communicator",
                       fmt::format("The communicator \"{}\" comes with a later version of kiln; "
                                   "\"ssh\" and \"none\" are there.",
                                   options.communicator));
        return;
    }
    for (const OptionError& gap : ssh_config_gaps(options.ssh)) {
        problems.error(gap.option, gap.error.to_string());
    }
}

SshConfig ssh_config(const CommunicatorOptions& options) {
    SshConfig config = options.ssh;
    config.file_transfer_method = options.ssh_file_transfer_method == "sftp"
                                      ? SshConfig::TransferMethod::Sftp
                                      : SshConfig::TransferMethod::Scp;
    const char* agent = std::getenv("SSH_AUTH_SOCK");
    config.agent_forwarding =
        !options.ssh_disable_agent_forwarding && agent != nullptr && *agent != '\0';
    apply_defaults(config);
    return config;
}

namespace {

Schema<SshConfig> ssh_schema() {
    using O = SshConfig;
    Schema<O> schema("ssh", "Reaching the guest by SSH.");
    schema.option("ssh_host", &O::host, "The guest's address; the builder knows it by itself.")
        .option("ssh_port", &O::port, "The port of the guest's SSH server.")
        .option("ssh_username", &O::username, "The user to log in as.")
        .option("ssh_password", &O::password,
                "The user's password; it also answers keyboard-interactive questions.")
        .sensitive()
        .option("ssh_private_key_file", &O::private_key_file,
                "A private key (OpenSSH or PEM, without passphrase) to log in with.")
        .option("ssh_certificate_file", &O::certificate_file,
                "An OpenSSH certificate for the private key.")
        .option("ssh_agent_auth", &O::agent_auth, "Log in with the keys of the local SSH agent.")
        .option("ssh_pty", &O::pty, "Give every command a terminal.")
        .option("ssh_timeout", &O::timeout, "How long to wait for SSH; 0: for ever.")
        .default_is("\"5m\" when ssh_handshake_attempts is not set either, else no limit")
        .option("ssh_handshake_attempts", &O::handshake_attempts,
                "How often a login may be refused; 0: any number of times.")
        .default_is("10 when ssh_timeout is not set either, else no limit")
        .option("ssh_wait_timeout", &O::wait_timeout, "The old name of ssh_timeout.")
        .deprecated("use ssh_timeout")
        .option("ssh_keep_alive_interval", &O::keep_alive_interval,
                "How often to send keep-alive messages; negative: never.")
        .option("ssh_read_write_timeout", &O::read_write_timeout,
                "The longest silence of the connection; 0: no limit.")
        .option("ssh_ciphers", &O::ciphers, "The ciphers to offer, in place of the default list.")
        .option("ssh_key_exchange_algorithms", &O::key_exchange_algorithms,
                "The key exchange methods to offer, in place of the default list.")
        .include(&O::bastion, bastion_schema())
        .include(&O::proxy, proxy_schema())
        .option("ssh_remote_tunnels", &O::remote_tunnels,
                "Ports of the guest that lead to this side: \"GUEST_PORT:HOST:PORT\".")
        .option("ssh_local_tunnels", &O::local_tunnels,
                "Ports of this host that lead to the guest's side: \"LOCAL_PORT:HOST:PORT\".")
        .ignored("ssh_public_key", OptionType::IntList, "Set by the peer itself, as bytes.")
        .ignored("ssh_private_key", OptionType::IntList, "Set by the peer itself, as bytes.");
    return schema;
}

Schema<SshBastion> bastion_schema() {
    using O = SshBastion;
    Schema<O> schema("bastion", "Reaching the guest through another host.");
    schema.option("ssh_bastion_host", &O::host, "A host to go through on the way to the guest.")
        .option("ssh_bastion_port", &O::port, "The port of the bastion's SSH server.")
        .option("ssh_bastion_username", &O::username, "The user to log in as at the bastion.")
        .option("ssh_bastion_password", &O::password, "That user's password.")
        .sensitive()
        .option("ssh_bastion_agent_auth", &O::agent_auth,
                "Log in at the bastion with the keys of the local SSH agent.")
        .option("ssh_bastion_interactive", &O::interactive,
                "Put the bastion's questions to the user.")
        .option("ssh_bastion_private_key_file", &O::private_key_file,
                "A private key to log in with at the bastion.")
        .default_is("that of ssh_private_key_file")
        .option("ssh_bastion_certificate_file", &O::certificate_file,
                "An OpenSSH certificate for the bastion's key.");
    return schema;
}

Schema<SshProxy> proxy_schema() {
    using O = SshProxy;
    Schema<O> schema("proxy", "Reaching the guest through a SOCKS5 proxy.");
    schema.option("ssh_proxy_host", &O::host, "A SOCKS5 proxy to reach the guest through.")
        .option("ssh_proxy_port", &O::port, "The port of the proxy.")
        .option("ssh_proxy_username", &O::username, "The user name for the proxy.")
        .option("ssh_proxy_password", &O::password, "The password for the proxy.")
        .sensitive();
    return schema;
}

Schema<WinRmConfig> winrm_schema() {
    using O = WinRmConfig;
    Schema<O> schema("winrm", "Reaching a Windows guest by WinRM.");
    schema.option("winrm_username", &O::username, "The user to log in as by WinRM.")
        .option("winrm_password", &O::password, "That user's password.")
        .sensitive()
        .option("winrm_host", &O::host, "The guest's address; the builder knows it by itself.")
        .option("winrm_port", &O::port, "The port of the guest's WinRM service.")
        .zero_is_unset()
        .default_is("5985, or 5986 with winrm_use_ssl")
        .option("winrm_timeout", &O::timeout, "How long to wait for WinRM.")
        .option("winrm_use_ssl", &O::use_ssl, "Connect by HTTPS.")
        .option("winrm_insecure", &O::insecure, "Do not check the guest's certificate.")
        .option("winrm_use_ntlm", &O::use_ntlm, "Log in by NTLM in place of Basic.")
        .option("winrm_no_proxy", &O::no_proxy, "Never reach the guest through an HTTP proxy.");
    return schema;
}

void check_communicator(const CommunicatorOptions& options, Problems& problems) {
    if (options.pause_before_connecting < Duration::zero()) {
        problems.error("pause_before_connecting", "pause_before_connecting must not be negative.");
    }
    if (options.uses_ssh()) check_ssh(options, problems);
    if (options.communicator != "winrm") return;
    for (const Error& error : winrm_config_errors(options.winrm)) {
        problems.error("communicator", error.to_string());
    }
}

void check_ssh(const CommunicatorOptions& options, Problems& problems) {
    for (const OptionError& wrong : ssh_config_errors(ssh_config(options))) {
        problems.error(wrong.option, wrong.error.to_string());
    }
    try {
        check_key_type(options.temporary_key_pair_type, options.temporary_key_pair_bits);
    } catch (const Error& error) {
        problems.error("temporary_key_pair_type", error.to_string());
    }
    if (options.ssh_clear_authorized_keys && options.temporary_key_pair_name.empty()) {
        problems.warning("ssh_clear_authorized_keys",
                         "ssh_clear_authorized_keys does nothing without temporary_key_pair_name.");
    }
}

}  // namespace
}  // namespace kiln
