#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/diagnostic.h"
#include "engine/plan.h"
#include "template/template.h"

namespace CLI {
class App;
}

namespace kiln {

/// The arguments of every command that reads a template (spec/cli.md, section 1, "meta flags").
struct TemplateArguments {
    std::string path;
    std::vector<std::string> only;
    std::vector<std::string> except;
    std::vector<std::string> variables;
    std::vector<std::string> variable_files;

    /// Declares them on a command.
    void declare(CLI::App& app);
    /// What the template reader takes. A `-var` without `=` becomes a diagnostic.
    TemplateOptions to_options(bool warn_undeclared, Diagnostics& diagnostics) const;
};

}  // namespace kiln
