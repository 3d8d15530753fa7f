#include "builder/null_builder.h"

#include "communicator/none.h"
#include "communicator/ssh_connector.h"
#include "engine/step.h"

namespace kiln {
namespace {

class NullProvisionStep : public Step {
  public:
    NullProvisionStep(const CommunicatorOptions& options, ProvisionHook& hook)
        : options_(options), hook_(hook) {}
    std::string name() const override { return "provision"; }

    void run(BuildContext& context) override {
        if (!communicator_) connect(context);
        const auto phase = context.phases.start("provision");
        started_ = true;
        hook_.provision(context, communicator_.get(), values(context));
    }

    void undo(BuildContext& context, bool failed) override {
        if (!failed || !started_) return;
        BuildContext cleanup = context;
        cleanup.cancel = CancelToken();
        hook_.provision_cleanup(cleanup, communicator_.get(), values(context));
    }
    bool undo_when_only_provisioner_cleans() const override { return true; }

  private:
    void connect(BuildContext& context) {
        if (!options_.uses_ssh()) {
            communicator_ = std::make_unique<NoneCommunicator>();
            return;
        }
        const auto phase = context.phases.start("connect");
        const SshConfig config = ssh_config(options_);
        context.report.say(fmt::format("Using SSH communicator to connect: {}", config.host));
        context.report.say("Waiting for SSH to become available...");
        communicator_ = connect_ssh(config, {}, context.cancel);
        context.report.say("Connected to SSH!");
    }

    Setting::Map values(const BuildContext& context) const {
        Setting::Map values = {{"ID", "Null"}, {"PackerRunUUID", context.run.run_uuid}};
        if (!options_.uses_ssh()) return values;
        values["Host"] = options_.ssh.host;
        values["Port"] = options_.ssh.port;
        values["User"] = options_.ssh.username;
        values["Password"] = options_.ssh.password;
        values["ConnType"] = options_.communicator;
        values["SSHPrivateKeyFile"] = options_.ssh.private_key_file;
        values["SSHAgentAuth"] = options_.ssh.agent_auth;
        return values;
    }

    const CommunicatorOptions& options_;
    ProvisionHook& hook_;
    std::unique_ptr<Communicator> communicator_;
    bool started_ = false;
};

void check_null(const NullOptions& options, Problems& problems) {
    const CommunicatorOptions& communicator = options.communicator;
    if (communicator.communicator == "none") return;
    const SshConfig& ssh = communicator.ssh;
    const WinRmConfig& winrm = communicator.winrm;
    const bool by_winrm = communicator.communicator == "winrm";
    if ((by_winrm ? winrm.host : ssh.host).empty()) {
        const std::string option = by_winrm ? "winrm_host" : "ssh_host";
        problems.error(option, fmt::format("a Host must be specified: set {}.", option));
    }
    if (by_winrm && !winrm.password.empty()) return;
    const int ways = (ssh.agent_auth ? 1 : 0) + (ssh.password.empty() ? 0 : 1) +
                     (ssh.private_key_file.empty() ? 0 : 1);
    if (ways == 0) {
        problems.error("communicator",
                       by_winrm ? "one authentication method must be specified: set winrm_password."
                                : "one authentication method must be specified: set ssh_password, "
                                  "ssh_private_key_file or ssh_agent_auth.");
    }
    if (ways > 1) {
        problems.error("ssh_password",
                       "only one of ssh_agent_auth, ssh_password, and ssh_private_key_file must be "
                       "specified");
    }
}

}  // namespace

std::shared_ptr<Artifact> NullBuilder::run(BuildContext& context, ProvisionHook& hook) {
    std::vector<std::unique_ptr<Step>> steps;
    steps.push_back(std::make_unique<NullProvisionStep>(options().communicator, hook));
    run_steps(steps, context);
    auto artifact = std::make_shared<Artifact>();
    artifact->builder_id = "kiln.null";
    artifact->id = "Null";
    artifact->description = "Did not export anything. This is the null builder";
    artifact->generated_data = {{"ID", "Null"}};
    return artifact;
}

void NullBuilder::find_gaps(const NullOptions& options, Problems& gaps) const {
    report_communicator_gaps(options.communicator, gaps);
}

Schema<NullOptions> null_builder_schema() {
    Schema<NullOptions> schema("null", "Connects to a machine that is there and provisions it.");
    schema.include(&NullOptions::communicator, communicator_schema()).check(check_null);
    return schema;
}

}  // namespace kiln
