#include "cli/template_arguments.h"

#include <CLI/CLI.hpp>

#include "cli/registry.h"
#include "cli/version.h"

namespace kiln {

void TemplateArguments::declare(CLI::App& app) {
    app.add_option("TEMPLATE", path, "A *.pkr.hcl file, or a directory of them")->required();
    app.add_option("--only", only, "Build only these (names or patterns, separated by commas)")
        ->delimiter(',')
        ->allow_extra_args(false);
    app.add_option("--except", except,
                   "Leave out these builds and post-processors (separated by commas)")
        ->delimiter(',')
        ->allow_extra_args(false);
    app.add_option("--var", variables, "A variable: name=value")->allow_extra_args(false);
    app.add_option("--var-file", variable_files, "A file of variables")->allow_extra_args(false);
}

TemplateOptions TemplateArguments::to_options(bool warn_undeclared,
                                              Diagnostics& diagnostics) const {
    TemplateOptions options;
    options.path = path;
    for (const auto& text : variables) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos) {
            diagnostics.add(Diagnostic::error(fmt::format("No '=' value in arg: {}", text),
                                              "A variable is given as -var name=value."));
            continue;
        }
        options.variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    for (const auto& file : variable_files) options.variable_files.emplace_back(file);
    options.warn_undeclared_variables = warn_undeclared;
    options.version = template_version;
    options.find_schema = [](std::string_view kind, const std::string& type) {
        return all_components().schema(kind, type);
    };
    return options;
}

}  // namespace kiln
