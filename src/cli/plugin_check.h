#pragma once

#include <string>
#include <vector>

#include "template/template.h"

namespace kiln {

/// A component that a template uses, with its place.
struct UsedComponent {
    std::string block;  ///< `source`, `provisioner`, `post-processor`
    std::string type;
    SourceRange range;
};

/// The components that the builds of a template use, each once.
std::vector<UsedComponent> used_components(const Template& tmpl);

/// What a plugin that a template requires means to kiln, which has its components built in and
/// fetches none. A component belongs to a plugin when its type is the plugin's name in the
/// template, or begins with that name and a dash.
struct PluginVerdict {
    std::vector<std::string> built_in;  ///< `source qemu`: what kiln has of it, and whether it runs
    std::vector<UsedComponent> missing;  ///< what the template uses and kiln does not have

    /// Nothing the template needs of it is missing.
    bool satisfied() const { return missing.empty() && !built_in.empty(); }
};

PluginVerdict judge_plugin(const std::string& accessor, const std::vector<UsedComponent>& used);

/// Whether kiln can build any source of the template.
bool has_known_source(const std::vector<UsedComponent>& used);

/// The components that come with a plugin's address (`github.com/hashicorp/qemu`), as far as kiln
/// has them. Throws Error when the text is no such address.
PluginVerdict judge_plugin_source(const std::string& source);

/// One line that says that nothing is to be installed.
std::string satisfied_notice(const std::string& source, const PluginVerdict& verdict);

/// What is said of a plugin that is not built in: what is missing of it and what can be done.
std::string refusal(const std::string& source, const std::vector<UsedComponent>& missing);

}  // namespace kiln
