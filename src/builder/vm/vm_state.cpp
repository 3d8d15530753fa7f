#include "builder/vm/vm_state.h"

namespace kiln {

Setting::Map VmState::build_values(const std::string& run_uuid) const {
    const std::string port = std::to_string(plan.http_port);
    Setting::Map values = {
        {"ID", options.vm_name},
        {"PackerRunUUID", run_uuid},
        {"PackerHTTPIP", plan.http_address},
        {"PackerHTTPPort", port},
        {"PackerHTTPAddr", plan.http_address + ":" + port},
    };
    if (!options.communicator.uses_ssh()) return values;
    const SshConfig& ssh = options.communicator.ssh;
    values["Host"] = ssh_host();
    values["Port"] = ssh_connect_port();
    values["User"] = ssh.username;
    values["Password"] = ssh.password;
    values["ConnType"] = options.communicator.communicator;
    values["SSHPublicKey"] = key_pair ? key_pair->authorized_key : "";
    values["SSHPrivateKey"] = key_pair ? key_pair->private_key : "";
    values["SSHPrivateKeyFile"] = ssh.private_key_file;
    values["SSHAgentAuth"] = ssh.agent_auth;
    values["WinRMPassword"] = "";
    return values;
}

InterpolateContext VmState::late_interpolation() const {
    InterpolateContext context = interpolation;
    context.strict_fields = true;
    context.fields = {
        {"HTTPIP", plan.http_address},
        {"HTTPPort", static_cast<int>(plan.http_port)},
        {"Name", options.vm_name},
        {"SSHPublicKey", key_pair ? key_pair->authorized_key : ""},
    };
    return context;
}

std::string VmState::ssh_host() const {
    const std::string& host = options.communicator.ssh.host;
    return host.empty() ? "127.0.0.1" : host;
}

int VmState::ssh_connect_port() const {
    return plan.ssh_host_port != 0 ? plan.ssh_host_port : options.communicator.ssh.port;
}

}  // namespace kiln
