#include "builder/options/communicator_options.h"

#include <cstdlib>

#include "base/secret.h"
#include "communicator/ssh_key.h"

namespace kiln {
namespace {

Schema<SshConfig> ssh_schema();
void refuse_unavailable(Schema<CommunicatorOptions>& schema);
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
                "The size of the temporary key; 0: the kind's default.");
    refuse_unavailable(schema);
    schema.check(check_ssh);
    return schema;
}

SshConfig ssh_config(const CommunicatorOptions& options) {
    SshConfig config = options.ssh;
    config.file_transfer_method = options.ssh_file_transfer_method == "sftp"
                                      ? SshConfig::TransferMethod::Sftp
                                      : SshConfig::TransferMethod::Scp;
    const char* agent = std::getenv("SSH_AUTH_SOCK");
    config.agent_forwarding =
        !options.ssh_disable_agent_forwarding && agent != nullptr && *agent != '\0';
    secrets().add(config.password);
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
                "The key exchange methods to offer, in place of the default list.");
    return schema;
}

void refuse_unavailable(Schema<CommunicatorOptions>& schema) {
    const std::string bastion = "SSH through a bastion host comes with a later version";
    for (const char* name :
         {"host", "username", "password", "private_key_file", "certificate_file"}) {
        schema.unavailable(std::string("ssh_bastion_") + name, OptionType::String, bastion);
    }
    schema.unavailable("ssh_bastion_port", OptionType::Int, bastion)
        .unavailable("ssh_bastion_agent_auth", OptionType::Bool, bastion)
        .unavailable("ssh_bastion_interactive", OptionType::Bool, bastion);
    const std::string proxy = "SSH through a SOCKS proxy comes with a later version";
    for (const char* name : {"host", "username", "password"}) {
        schema.unavailable(std::string("ssh_proxy_") + name, OptionType::String, proxy);
    }
    schema.unavailable("ssh_proxy_port", OptionType::Int, proxy);
    const std::string tunnels = "SSH tunnels come with a later version";
    schema.unavailable("ssh_remote_tunnels", OptionType::StringList, tunnels)
        .unavailable("ssh_local_tunnels", OptionType::StringList, tunnels);
    const std::string bytes = "give the key by ssh_private_key_file";
    schema.unavailable("ssh_public_key", OptionType::IntList, bytes)
        .unavailable("ssh_private_key", OptionType::IntList, bytes);
    const std::string winrm = "WinRM comes with a later version";
    for (const char* name : {"username", "password", "host"}) {
        schema.unavailable(std::string("winrm_") + name, OptionType::String, winrm);
    }
    schema.unavailable("winrm_port", OptionType::Int, winrm)
        .unavailable("winrm_timeout", OptionType::TimeSpan, winrm);
    for (const char* name : {"use_ssl", "insecure", "use_ntlm", "no_proxy"}) {
        schema.unavailable(std::string("winrm_") + name, OptionType::Bool, winrm);
    }
}

void check_ssh(const CommunicatorOptions& options, Problems& problems) {
    if (options.communicator == "none") return;
    if (options.communicator != "ssh") {
        problems.error("communicator",
                       fmt::format("the communicator \"{}\" is not available yet; \"ssh\" and "
                                   "\"none\" are.",
                                   options.communicator));
        return;
    }
    for (const Error& error : ssh_config_errors(ssh_config(options))) {
        problems.error("", error.to_string());
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
