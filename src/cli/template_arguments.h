#pragma once

#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/diagnostic.h"
#include "cli/flag_set.h"
#include "cli/streams.h"
#include "template/template.h"

namespace kiln {

/// The arguments of every command that reads a template (spec/cli.md, section 1, "meta flags").
struct TemplateArguments {
    std::string path;
    std::vector<std::string> only;
    std::vector<std::string> except;
    std::vector<std::string> variables;
    std::vector<std::string> variable_files;
    TemplateLanguage stdin_language = TemplateLanguage::Json;  ///< -config-type
    bool sequential_evaluation = false;
    bool ignore_prerelease_plugins = false;

    /// Declares the flags and the argument TEMPLATE.
    void declare(FlagSet& flags);
    /// The same for commands that work without a template too.
    void declare_optional(FlagSet& flags);
    /// The flags alone, hidden: for commands that accept them and read no template.
    void declare_accepted(FlagSet& flags);
    /// Flags of `build` and `validate` about how the template is read.
    void declare_evaluation(FlagSet& flags);

    /// What the template reader takes: everything but asking data sources. Standard input is read
    /// when the path is `-`. A `-var` without `=` becomes a diagnostic.
    TemplateOptions to_options(const Streams& streams, const CancelToken& cancel,
                               Diagnostics& diagnostics) const;

  private:
    void declare_flags(FlagSet& flags);
};

/// Lets the template reader ask data sources, which may run programs and use the network.
void allow_data_sources(TemplateOptions& options, const CancelToken& cancel);

}  // namespace kiln
