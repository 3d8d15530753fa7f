#include "engine/readiness.h"

#include <algorithm>

namespace kiln {
namespace {

Diagnostics gaps_of(const PlannedBuild& build);

}  // namespace

void refuse_unready(std::vector<PlannedBuild>& plan, Diagnostics& diagnostics) {
    std::vector<PlannedBuild> ready;
    for (PlannedBuild& build : plan) {
        Diagnostics gaps = gaps_of(build);
        if (gaps.empty())
            ready.push_back(std::move(build));
        else
            diagnostics.append(std::move(gaps));
    }
    plan = std::move(ready);
}

namespace {

Diagnostics gaps_of(const PlannedBuild& build) {
    Diagnostics all;
    const auto add = [&](const auto& planned) {
        for (Diagnostic gap : planned.gaps) {
            gap.detail += fmt::format(
                "\n\nThe build {0} needs it, and is not started. Leave it out with -except='{0}'.",
                build.display_name);
            all.add(std::move(gap));
        }
    };
    add(build.builder);
    for (const auto& provisioner : build.provisioners) add(provisioner);
    if (build.error_cleanup) add(*build.error_cleanup);
    for (const auto& chain : build.chains) {
        for (const auto& post_processor : chain) add(post_processor);
    }
    return all;
}

}  // namespace
}  // namespace kiln
