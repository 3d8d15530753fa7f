#include "cli/load_plan.h"

#include "cli/registry.h"
#include "cli/version.h"

namespace kiln {

LoadedPlan load_plan(const TemplateArguments& arguments, const LoadOptions& options,
                     SourceMap& sources, const CancelToken& cancel) {
    LoadedPlan loaded;
    const TemplateOptions reading =
        arguments.to_options(options.warn_undeclared, loaded.diagnostics);
    if (loaded.diagnostics.has_errors()) return loaded;
    loaded.tmpl = load_template(reading, sources, loaded.diagnostics, cancel);
    loaded.template_valid = !loaded.diagnostics.has_errors();
    if (!loaded.template_valid && loaded.tmpl.builds.empty()) return loaded;
    loaded.builds = make_plan(
        loaded.tmpl,
        {arguments.only, arguments.except, options.force, options.debug, template_version},
        all_components(), loaded.diagnostics);
    return loaded;
}

}  // namespace kiln
