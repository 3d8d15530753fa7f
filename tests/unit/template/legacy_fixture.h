#pragma once

#include "template/interpolate.h"
#include "template_fixture.h"

namespace kiln {

/// Legacy JSON templates (`*.json`).
class LegacyTemplate : public TemplateTest {
  protected:
    LegacyTemplate() { options.path = directory.path() / "box.json"; }

    Template load_legacy(const std::string& text) {
        write("box.json", text);
        return load();
    }

    /// A body's settings with their `{{ }}` rendered, as the engine does it.
    Setting::Map rendered(const ComponentBody& body) {
        Setting::Map settings = evaluate(body);
        InterpolateContext context;
        context.build_name = "vm";
        context.build_type = "box";
        body.complete(context);
        Problems problems;
        interpolate_settings(settings, *box, context, problems);
        for (const Problem& problem : problems) {
            diagnostics.add(Diagnostic::error(problem.message, "", problem.range));
        }
        return settings;
    }
    static const SourceUse& source(const Template& tmpl, std::size_t index = 0) {
        return tmpl.builds.at(0).sources.at(index);
    }
};

}  // namespace kiln
