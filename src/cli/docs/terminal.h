#pragma once

#include <string>
#include <vector>

#include "cli/docs/components.h"

namespace kiln::docs {

struct TerminalStyle {
    std::size_t width = 80;
    bool color = false;
};

/// All components with a line about each.
std::string list_for_terminal(const std::vector<Component>& components, const TerminalStyle& style);

/// A component with all its options, as tables that fit the width.
std::string component_for_terminal(const Component& component, const TerminalStyle& style);

/// One option of a component, or nothing when it has none of this name.
std::optional<std::string> option_for_terminal(const Component& component, std::string_view name,
                                               const TerminalStyle& style);

}  // namespace kiln::docs
