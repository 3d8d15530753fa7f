#pragma once

#include <vector>

#include "cli/template_arguments.h"
#include "engine/plan.h"

namespace kiln {

/// A template that was read, with the builds that can run.
struct LoadedPlan {
    Template tmpl;
    std::vector<PlannedBuild> builds;
    Diagnostics diagnostics;
    /// Whether the template itself had no errors; its builds may be run only then. Errors of single
    /// builds leave the others able to run.
    bool template_valid = false;
};

struct LoadOptions {
    bool warn_undeclared = false;
    bool force = false;
    bool debug = false;
    bool ask_data_sources = false;
};

/// Reads a template and plans its builds. What could be read of a template with errors is planned
/// too, so that all errors come at once.
LoadedPlan load_plan(const TemplateArguments& arguments, const LoadOptions& options,
                     const Streams& streams, SourceMap& sources, const CancelToken& cancel);

}  // namespace kiln
