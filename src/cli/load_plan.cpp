#include "cli/load_plan.h"

#include "cli/registry.h"
#include "cli/version.h"

namespace kiln {

LoadedPlan load_plan(const TemplateArguments& arguments, const LoadOptions& options,
                     const Streams& streams, SourceMap& sources, const CancelToken& cancel) {
    LoadedPlan loaded;
    TemplateOptions reading = arguments.to_options(streams, cancel, loaded.diagnostics);
    reading.warn_undeclared_variables = options.warn_undeclared;
    if (options.ask_data_sources) allow_data_sources(reading, cancel);
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
