#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/plan.h"

namespace kiln {

struct RunnerOptions {
    RunSettings settings;
    int parallel_builds = 0;  ///< below 1: no limit
    std::string version;
    std::map<std::string, std::string> user_variables;
};

struct RunResult {
    int failed = 0;
    bool cancelled = false;
    bool success() const { return failed == 0 && !cancelled; }
};

/// Runs the builds side by side, each on a thread of its own, and tells of them by events:
/// announced in their order, started, finished with artifacts and times, and the end of the run.
/// Returns when all have ended and cleaned up.
RunResult run_builds(std::vector<PlannedBuild>& plan, const RunnerOptions& options, EventSink& sink,
                     RunRecord& record, Prompter& prompter, const CancelToken& cancel);

}  // namespace kiln
