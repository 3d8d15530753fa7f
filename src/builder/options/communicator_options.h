#pragma once

#include <string>
#include <vector>

#include "base/schema.h"
#include "communicator/ssh_config.h"
#include "communicator/winrm_config.h"

namespace kiln {

/// How provisioners reach the guest: the options that every builder embeds
/// (spec/components.md, section 1).
struct CommunicatorOptions {
    std::string communicator = "ssh";
    Duration pause_before_connecting{0};
    SshConfig ssh;
    WinRmConfig winrm;
    std::string ssh_file_transfer_method = "scp";
    bool ssh_disable_agent_forwarding = false;
    bool ssh_clear_authorized_keys = false;
    std::string ssh_keypair_name;
    std::string temporary_key_pair_name;
    std::string temporary_key_pair_type = "ed25519";
    int temporary_key_pair_bits = 0;

    bool uses_ssh() const { return communicator == "ssh"; }
};

/// The options with their rules. Whether a host is needed is the builder's to say.
Schema<CommunicatorOptions> communicator_schema();

/// What the options ask for that kiln cannot do yet: other communicators than SSH, ways through
/// other hosts.
void report_communicator_gaps(const CommunicatorOptions& options, Problems& problems);

/// The SSH configuration with defaults settled and the secrets registered.
SshConfig ssh_config(const CommunicatorOptions& options);

}  // namespace kiln
