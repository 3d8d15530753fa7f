#include "engine/provision.h"

namespace kiln {

void Provisioning::provision(BuildContext& context, Communicator* communicator,
                             const Setting::Map& data) {
    if (build_.provisioners.empty()) return;
    if (communicator == nullptr) {
        throw Error("no communicator was found for the provisioners")
            .with_hint("Set `communicator` in the source, or take the provisioners out.");
    }
    for (auto& provisioner : build_.provisioners) {
        if (context.run.debug) {
            context.prompter.ask(
                context.report,
                fmt::format("Pausing before the next provisioner {}. Press enter to "
                            "continue.",
                            provisioner.name),
                context.cancel);
        }
        run(provisioner, context, *communicator, data);
    }
}

void Provisioning::provision_cleanup(BuildContext& context, Communicator* communicator,
                                     const Setting::Map& data) {
    context.report.say(
        "Provisioning step had errors: Running the cleanup provisioner, if present...");
    if (!build_.error_cleanup || communicator == nullptr) return;
    run(*build_.error_cleanup, context, *communicator, data);
}

void Provisioning::run(PlannedProvisioner& provisioner, BuildContext& context,
                       Communicator& communicator, const Setting::Map& data) {
    try {
        run_with_retries(provisioner, context, communicator, data);
    } catch (const Cancelled&) {
        throw;
    } catch (const std::exception& error) {
        if (!provisioner.meta.continue_on_error || context.cancel.cancelled()) throw;
        context.report.say(
            fmt::format("Warning: Provisioner failed with \"{}\", but "
                        "continue_on_error is set; continuing the build.",
                        error.what()));
    }
}

void Provisioning::run_with_retries(PlannedProvisioner& provisioner, BuildContext& context,
                                    Communicator& communicator, const Setting::Map& data) {
    std::exception_ptr first;
    std::string first_text;
    for (int left = provisioner.meta.max_retries;; --left) {
        try {
            return run_once(provisioner, context, communicator, data);
        } catch (const std::exception& error) {
            if (context.cancel.cancelled()) throw;
            if (!first) {
                first = std::current_exception();
                first_text = error.what();
            }
        }
        if (left <= 0) break;
        context.report.say(fmt::format(
            "Provisioner failed with \"{}\", retrying with {} trie(s) left", first_text, left));
    }
    if (provisioner.meta.max_retries > 0) context.report.say("retry limit reached.");
    std::rethrow_exception(first);
}

void Provisioning::run_once(PlannedProvisioner& provisioner, BuildContext& context,
                            Communicator& communicator, const Setting::Map& data) {
    const BuildVariables variables{build_.build_name, data};
    const PreparationInput input{
        build_, variables, true, context.run.force, context.run.debug, version_, user_variables_};
    Diagnostics diagnostics;
    prepare<Provisioner>(provisioner, input, diagnostics);
    if (diagnostics.has_errors()) throw preparation_error(diagnostics);

    const ProvisionerMeta& meta = provisioner.meta;
    if (meta.pause_before > Duration::zero()) {
        context.report.say(fmt::format("Pausing {} before the next provisioner...",
                                       format_duration(meta.pause_before)));
        if (context.cancel.wait_for(meta.pause_before)) context.cancel.throw_if_cancelled();
    }
    if (meta.timeout <= Duration::zero()) {
        provisioner.component->provision(context, communicator, data);
        return;
    }
    context.report.say(fmt::format("Setting a {} timeout for the next provisioner...",
                                   format_duration(meta.timeout)));
    const CancelSource limited(context.cancel);
    const Deadline deadline(limited, meta.timeout, "timeout");
    BuildContext inner = context;
    inner.cancel = limited.token();
    try {
        provisioner.component->provision(inner, communicator, data);
    } catch (const Cancelled&) {
        if (!deadline.expired()) throw;
        context.report.error("Cancelling provisioner after a timeout...");
        throw Error(fmt::format("the provisioner {} did not end within {}", provisioner.type,
                                format_duration(meta.timeout)))
            .with_hint("Raise its `timeout`, or look at what it waits for.");
    }
}

Error preparation_error(const Diagnostics& diagnostics) {
    for (const Diagnostic& diagnostic : diagnostics) {
        if (diagnostic.severity != Severity::Error) continue;
        const std::string place =
            diagnostic.subject ? diagnostic.subject->to_string() + ": " : std::string();
        return Error(place + diagnostic.summary).because(diagnostic.detail);
    }
    return Error("the component could not be prepared");
}

}  // namespace kiln
