// The steps of a running guest: power-on, typing, connecting, provisioning, shutdown, sealing.

#include "boot/typist.h"
#include "builder/vm/screen_capture.h"
#include "builder/vm/steps.h"
#include "communicator/none.h"
#include "communicator/ssh_connector.h"

namespace kiln {
namespace {

/// How long a guest may take to obey the power button when the template names no command.
constexpr Duration power_button_limit = std::chrono::minutes(1);

Error guest_ended(const MachineExit& exit);

class GuestStep : public Step {
  public:
    explicit GuestStep(VmState& state) : state_(state) {}
    std::string name() const override { return "start guest"; }

    void run(BuildContext& context) override {
        const auto phase = context.phases.start("start");
        state_.plan.serial_log = context.log_file("serial.log");
        state_.machine = state_.driver.make_machine(state_.plan, context);
        // The guest's hypervisor binds the port from here on; the lock stays.
        if (state_.ssh_port) state_.ssh_port->release_socket();
        state_.machine->start(context.cancel);
    }
    void undo(BuildContext&, bool) override { state_.machine.reset(); }
    void keep(BuildContext& context) override {
        if (!state_.machine) return;
        state_.machine->release();
        if (state_.plan.ssh_host_port == 0) return;
        context.report.say(fmt::format("The guest runs on; its SSH server is at 127.0.0.1 port {}",
                                       state_.plan.ssh_host_port));
    }

  private:
    VmState& state_;
};

class BootCommandStep : public Step {
  public:
    explicit BootCommandStep(VmState& state) : state_(state) {}
    std::string name() const override { return "type boot command"; }

    void run(BuildContext& context) override {
        const BootOptions& options = state_.options.boot;
        const auto texts = options.texts();
        if (texts.empty()) return;
        const auto phase = context.phases.start("boot");
        wait_for_boot(options.initial_wait(), context);
        boot::TypingOptions typing;
        typing.key_interval = boot::key_interval(options.boot_key_interval > Duration::zero()
                                                     ? std::optional(options.boot_key_interval)
                                                     : std::nullopt);
        typing.wait_limit = options.boot_wait_timeout;
        boot::Typist typist(state_.machine->keyboard(), state_.machine->screen(), typing);
        context.report.say("Typing the boot command...");
        try {
            for (const auto& text : texts) type(typist, text, context);
        } catch (const Cancelled&) {
            throw;
        } catch (const std::exception&) {
            if (const auto exit = state_.machine->exited()) throw guest_ended(*exit);
            capture_screen(*state_.machine, context);
            throw;
        }
    }
    void undo(BuildContext&, bool) override {}

  private:
    static void wait_for_boot(Duration wait, BuildContext& context) {
        if (wait <= Duration::zero()) return;
        context.report.say(fmt::format("Waiting {} for boot...", format_duration(wait)));
        if (context.cancel.wait_for(wait)) context.cancel.throw_if_cancelled();
    }

    void type(boot::Typist& typist, const BootOptions::Text& text, BuildContext& context) const {
        if (!text.description.empty()) context.report.say(text.description);
        const std::string rendered = interpolate(text.command, state_.late_interpolation());
        typist.type(boot::parse_boot_command(rendered), context.cancel);
    }

    VmState& state_;
};

class ConnectStep : public Step {
  public:
    explicit ConnectStep(VmState& state) : state_(state) {}
    std::string name() const override { return "connect"; }

    void run(BuildContext& context) override {
        const CommunicatorOptions& options = state_.options.communicator;
        if (!options.uses_ssh()) {
            state_.communicator = std::make_unique<NoneCommunicator>();
            return;
        }
        const auto phase = context.phases.start("install and connect");
        connect(context);
        if (options.pause_before_connecting > Duration::zero()) {
            context.report.say(fmt::format("Pausing {} before connecting...",
                                           format_duration(options.pause_before_connecting)));
            state_.communicator.reset();
            if (context.cancel.wait_for(options.pause_before_connecting)) {
                context.cancel.throw_if_cancelled();
            }
            connect(context);
        }
    }
    void undo(BuildContext&, bool) override { state_.communicator.reset(); }

  private:
    void connect(BuildContext& context) {
        SshConfig config = ssh_config(state_.options.communicator);
        config.host = state_.ssh_host();
        config.port = state_.ssh_connect_port();
        if (state_.key_pair) config.private_key = state_.key_pair->private_key;
        context.report.say(fmt::format("Using SSH communicator to connect: {}", config.host));
        context.report.say("Waiting for SSH to become available...");
        SshCallbacks callbacks;
        callbacks.guest_ended = [this]() -> std::optional<std::string> {
            const auto exit = state_.machine->exited();
            if (!exit) return std::nullopt;
            return exit->details.empty() ? exit->reason : exit->reason + ": " + exit->details;
        };
        try {
            state_.communicator = connect_ssh(config, callbacks, context.cancel);
        } catch (const Cancelled&) {
            throw;
        } catch (const std::exception&) {
            if (!state_.machine->exited()) capture_screen(*state_.machine, context);
            throw;
        }
        context.report.say("Connected to SSH!");
    }

    VmState& state_;
};

class ProvisionStep : public Step {
  public:
    explicit ProvisionStep(VmState& state) : state_(state) {}
    std::string name() const override { return "provision"; }

    void run(BuildContext& context) override {
        const auto phase = context.phases.start("provision");
        started_ = true;
        state_.hook.provision(context, state_.communicator.get(),
                              state_.build_values(context.run.run_uuid));
    }
    void undo(BuildContext& context, bool failed) override {
        if (!failed || !started_) return;
        // The run was cancelled or failed: the cleanup provisioner still gets its chance.
        BuildContext cleanup = context;
        cleanup.cancel = CancelToken();
        state_.hook.provision_cleanup(cleanup, state_.communicator.get(),
                                      state_.build_values(context.run.run_uuid));
    }
    bool undo_when_only_provisioner_cleans() const override { return true; }

  private:
    VmState& state_;
    bool started_ = false;
};

class RemoveKeyStep : public Step {
  public:
    explicit RemoveKeyStep(VmState& state) : state_(state) {}
    std::string name() const override { return "remove temporary key"; }

    void run(BuildContext& context) override {
        const CommunicatorOptions& options = state_.options.communicator;
        const std::string& key = options.temporary_key_pair_name;
        if (!options.uses_ssh() || !options.ssh_clear_authorized_keys || key.empty()) return;
        context.report.say("Trying to remove ephemeral keys from authorized_keys files");
        remove_from("", "~/.ssh/authorized_keys", key, context);
        remove_from("sudo ", "/root/.ssh/authorized_keys", key, context);
    }
    void undo(BuildContext&, bool) override {}

  private:
    void remove_from(const std::string& as_root, const std::string& file, const std::string& key,
                     BuildContext& context) const {
        const std::string command =
            fmt::format("{0}sed -i.bak '/ {1}$/d' {2}; {0}rm {2}.bak", as_root, key, file);
        const int status = state_.communicator->run(command, {}, context.cancel);
        if (status != 0) {
            context.report.say(fmt::format("Could not clean {} (exit status {})", file, status));
        }
    }

    VmState& state_;
};

class ShutdownStep : public Step {
  public:
    explicit ShutdownStep(VmState& state) : state_(state) {}
    std::string name() const override { return "shut down"; }

    void run(BuildContext& context) override {
        const auto phase = context.phases.start("shutdown");
        const ShutdownOptions& options = state_.options.shutdown;
        if (!state_.options.communicator.uses_ssh()) {
            context.report.say("Waiting for the guest to shut itself down...");
            wait_for_end(options.shutdown_timeout, context);
        } else if (!options.shutdown_command.empty()) {
            run_command(options, context);
        } else {
            press_button(context);
        }
        state_.communicator.reset();
        state_.machine.reset();
    }
    void undo(BuildContext&, bool) override {}

  private:
    void run_command(const ShutdownOptions& options, BuildContext& context) const {
        context.report.say("Gracefully halting virtual machine...");
        // Its exit status says nothing: the connection often breaks before it comes.
        state_.communicator->run(options.shutdown_command, {}, context.cancel);
        wait_for_end(options.shutdown_timeout, context);
    }

    void press_button(BuildContext& context) const {
        context.report.say("Pressing the guest's power button...");
        state_.machine->press_power_button();
        const Duration limit =
            std::min(power_button_limit, state_.options.shutdown.shutdown_timeout);
        if (state_.machine->wait_for_exit(context.cancel, limit)) return;
        context.report.say(fmt::format(
            "The guest did not obey its power button within {}; it is switched off. Set "
            "shutdown_command to shut it down cleanly.",
            format_duration(limit)));
        state_.machine->power_off();
    }

    void wait_for_end(Duration limit, BuildContext& context) const {
        if (state_.machine->wait_for_exit(context.cancel, limit)) return;
        capture_screen(*state_.machine, context);
        throw Error(fmt::format("the guest did not shut down within {}", format_duration(limit)))
            .with_hint(
                "Look at the screen above; correct shutdown_command or raise "
                "shutdown_timeout.");
    }

    VmState& state_;
};

class SealStep : public Step {
  public:
    explicit SealStep(VmState& state) : state_(state) {}
    std::string name() const override { return "seal disks"; }

    void run(BuildContext& context) override {
        const auto phase = context.phases.start("seal");
        state_.sealed = state_.driver.seal(state_.plan, context);
    }
    // The disks go with the output directory.
    void undo(BuildContext&, bool) override {}

  private:
    VmState& state_;
};

Error guest_ended(const MachineExit& exit) {
    Error error = Error("the guest ended before it could be reached").because(exit.reason);
    return exit.details.empty() ? error : std::move(error).with_hint(exit.details);
}

}  // namespace

std::unique_ptr<Step> make_guest_step(VmState& state) {
    return std::make_unique<GuestStep>(state);
}
std::unique_ptr<Step> make_boot_command_step(VmState& state) {
    return std::make_unique<BootCommandStep>(state);
}
std::unique_ptr<Step> make_connect_step(VmState& state) {
    return std::make_unique<ConnectStep>(state);
}
std::unique_ptr<Step> make_provision_step(VmState& state) {
    return std::make_unique<ProvisionStep>(state);
}
std::unique_ptr<Step> make_remove_key_step(VmState& state) {
    return std::make_unique<RemoveKeyStep>(state);
}
std::unique_ptr<Step> make_shutdown_step(VmState& state) {
    return std::make_unique<ShutdownStep>(state);
}
std::unique_ptr<Step> make_seal_step(VmState& state) {
    return std::make_unique<SealStep>(state);
}

}  // namespace kiln
