#pragma once

#include <string>

#include "engine/component.h"

namespace kiln {

/// Renders a text that a component left alone at preparation (`execute_command`, an output name),
/// or renders one once more: `{{ }}` may ask for the build's values and for `fields`, which win.
/// Throws Error with the place in the text.
std::string render_late(const std::string& text, const PrepareContext& prepared,
                        const Setting::Map& fields = {});

/// Finds mistakes in the writing of such a text at preparation, so that they do not end a build
/// that has run for an hour. What depends on values shows up when it is rendered.
void check_late_text(const std::string& option, const std::string& text, Problems& problems);

}  // namespace kiln
