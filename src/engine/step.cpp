#include "engine/step.h"

#include <cctype>
#include <exception>
#include <span>

#include <fmt/format.h>

namespace kiln {
namespace {

using Steps = std::span<const std::unique_ptr<Step>>;
enum class AfterFailure { CleanUp, Abort, OnlyProvisionerCleans, Retry };

void pause(BuildContext& context, std::string_view when, const std::string& step);
AfterFailure after_failure(BuildContext& context, const Step& step, const std::exception& failure);
AfterFailure ask(BuildContext& context, const Step& step, const std::exception& failure);
void take_back(Steps started, BuildContext& context, AfterFailure how);
void take_back_one(Step& step, BuildContext& context, bool failed);

}  // namespace

void run_steps(const std::vector<std::unique_ptr<Step>>& steps, BuildContext& context) {
    std::size_t started = 0;
    while (started < steps.size()) {
        Step& step = *steps[started];
        try {
            context.cancel.throw_if_cancelled();
            step.run(context);
            if (context.run.debug) pause(context, "after run of", step.name());
            ++started;
        } catch (const std::exception& failure) {
            const AfterFailure how = after_failure(context, step, failure);
            if (how == AfterFailure::Retry) continue;
            take_back(Steps(steps).first(started + 1), context, how);
            throw;
        }
    }
    for (std::size_t i = steps.size(); i > 0; --i) {
        if (context.run.debug) pause(context, "before cleanup of", steps[i - 1]->name());
        take_back_one(*steps[i - 1], context, false);
    }
}

namespace {

void pause(BuildContext& context, std::string_view when, const std::string& step) {
    context.prompter.ask(context.report,
                         fmt::format("Pausing {} step '{}'. Press enter to continue.", when, step),
                         context.cancel);
}

AfterFailure after_failure(BuildContext& context, const Step& step, const std::exception& failure) {
    switch (context.run.on_error) {
        case OnError::Cleanup:
            return AfterFailure::CleanUp;
        case OnError::Ask:
            return ask(context, step, failure);
        case OnError::Abort:
        case OnError::RunCleanupProvisioner:
            break;
    }
    context.report.error(describe(failure));
    context.report.error(context.cancel.cancelled()
                             ? std::string("Interrupted, aborting...")
                             : fmt::format("Step \"{}\" failed, aborting...", step.name()));
    return context.run.on_error == OnError::Abort ? AfterFailure::Abort
                                                  : AfterFailure::OnlyProvisionerCleans;
}

AfterFailure ask(BuildContext& context, const Step& step, const std::exception& failure) {
    if (context.cancel.cancelled()) return AfterFailure::CleanUp;
    context.report.error(describe(failure));
    context.report.error(fmt::format("Step \"{}\" failed", step.name()));
    while (true) {
        std::string answer;
        try {
            answer = context.prompter.ask(
                context.report,
                "[c] Clean up and exit, [a] abort without cleanup, or [r] retry step "
                "(build may fail even if retry succeeds)?",
                context.cancel);
        } catch (const Error&) {
            return AfterFailure::CleanUp;
        }
        const char choice =
            answer.empty() ? 'c'
                           : static_cast<char>(std::tolower(static_cast<unsigned char>(answer[0])));
        if (choice == 'c') return AfterFailure::CleanUp;
        if (choice == 'a') return AfterFailure::Abort;
        if (choice == 'r') return AfterFailure::Retry;
        context.report.say(fmt::format("Incorrect input: \"{}\"", answer));
    }
}

void take_back(Steps started, BuildContext& context, AfterFailure how) {
    for (std::size_t i = started.size(); i > 0; --i) {
        Step& step = *started[i - 1];
        const bool skip =
            how == AfterFailure::Abort || (how == AfterFailure::OnlyProvisionerCleans &&
                                           !step.undo_when_only_provisioner_cleans());
        if (!skip) {
            take_back_one(step, context, true);
            continue;
        }
        step.keep(context);
        if (i < started.size()) {
            context.report.error(
                fmt::format("aborted: skipping cleanup of step \"{}\"", step.name()));
        }
    }
}

void take_back_one(Step& step, BuildContext& context, bool failed) {
    try {
        step.undo(context, failed);
    } catch (const std::exception& error) {
        context.report.error(
            fmt::format("Cleanup of step \"{}\" failed: {}", step.name(), describe(error)));
    }
}

}  // namespace
}  // namespace kiln
