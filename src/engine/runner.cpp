#include "engine/runner.h"

#include <semaphore>
#include <thread>

#include <fmt/ranges.h>

#include "engine/post_process.h"
#include "engine/provision.h"

namespace kiln {
namespace {

using Clock = std::chrono::steady_clock;

struct Outcome {
    std::vector<ArtifactPtr> artifacts;
    std::string error;
    bool cancelled = false;
};

Outcome run_build(PlannedBuild& build, const RunnerOptions& options, BuildContext& context);
std::string join_errors(const std::vector<std::string>& errors);
std::ptrdiff_t slots(const RunnerOptions& options, std::size_t builds);

}  // namespace

RunResult run_builds(std::vector<PlannedBuild>& plan, const RunnerOptions& options, EventSink& sink,
                     RunRecord& record, Prompter& prompter, const CancelToken& cancel) {
    const auto run_start = Clock::now();
    for (const auto& build : plan) sink.emit(BuildAnnouncedEvent{build.display_name});

    std::counting_semaphore<> free_slots(slots(options, plan.size()));
    std::atomic<int> failed = 0;
    std::atomic<bool> cancelled = false;
    std::vector<std::thread> threads;
    for (auto& build : plan) {
        free_slots.acquire();
        if (cancel.cancelled()) {
            cancelled = true;
            free_slots.release();
            break;
        }
        threads.emplace_back([&] {
            const Reporter report(sink, build.display_name);
            PhaseClock phases(report);
            BuildContext context{report,
                                 cancel,
                                 build.display_name,
                                 build.source_name,
                                 build.source_type,
                                 options.settings,
                                 record,
                                 prompter,
                                 phases};
            const auto start = Clock::now();
            sink.emit(BuildStartedEvent{build.display_name});
            const Outcome outcome = run_build(build, options, context);
            if (outcome.cancelled)
                cancelled = true;
            else if (!outcome.error.empty())
                ++failed;
            BuildFinishedEvent finished{
                build.display_name, Clock::now() - start, outcome.error, outcome.cancelled, {},
                phases.times()};
            for (const auto& artifact : outcome.artifacts) {
                finished.artifacts.push_back(summarize(*artifact));
            }
            sink.emit(finished);
            free_slots.release();
        });
    }
    for (auto& thread : threads) thread.join();
    sink.emit(RunFinishedEvent{Clock::now() - run_start, cancelled});
    return {failed, cancelled};
}

namespace {

Outcome run_build(PlannedBuild& build, const RunnerOptions& options, BuildContext& context) {
    Outcome outcome;
    ArtifactPtr built;
    try {
        Provisioning hook(build, options.version, options.user_variables);
        built = build.builder.component->run(context, hook);
        context.cancel.throw_if_cancelled();
        PostProcessing post =
            post_process(build, built, context, options.version, options.user_variables);
        outcome.artifacts = std::move(post.artifacts);
        outcome.error = join_errors(post.errors);
    } catch (const std::exception& error) {
        outcome.cancelled = context.cancel.cancelled();
        outcome.error = describe(error);
        // Hours of work may stand in it, and the next run would stumble over it; so it is named.
        if (built != nullptr && outcome.cancelled) {
            context.report.say(fmt::format(
                "The build was finished before it was cancelled; kept: {}", built->description));
        }
    }
    return outcome;
}

std::string join_errors(const std::vector<std::string>& errors) {
    if (errors.size() < 2) return errors.empty() ? "" : errors[0];
    std::string out = fmt::format("{} error(s) occurred:\n", errors.size());
    for (const auto& error : errors) out += "\n* " + error;
    return out;
}

std::ptrdiff_t slots(const RunnerOptions& options, std::size_t builds) {
    if (options.settings.debug) return 1;
    const auto all = static_cast<std::ptrdiff_t>(std::max<std::size_t>(builds, 1));
    return options.parallel_builds < 1 ? all
                                       : std::min<std::ptrdiff_t>(all, options.parallel_builds);
}

}  // namespace
}  // namespace kiln
