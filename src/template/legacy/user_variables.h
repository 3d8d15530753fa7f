#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/diagnostic.h"
#include "template/interpolate.h"
#include "template/legacy/raw_template.h"
#include "template/template.h"

namespace kiln::legacy {

/// The values of user variables by name.
using UserValues = std::map<std::string, std::string>;

/// What the user gives: the files of -var-file, which are flat objects of strings, then -var. Names
/// that the template does not declare are values too.
UserValues given_values(const TemplateOptions& options, SourceMap& sources,
                        Diagnostics& diagnostics);

/// All variables of the template, rendered: they may use each other, the environment and secrets.
/// `{{ .Field }}` stays as it is, for the place where the variable is used. Required variables
/// without a value and circles are errors. Values of sensitive variables are registered as secrets.
UserValues render_variables(const RawTemplate& raw, const UserValues& given,
                            const TemplateOptions& options, Diagnostics& diagnostics);

/// What the texts of the template's components may ask for.
std::shared_ptr<const LegacyFacts> make_facts(const TemplateOptions& options,
                                              std::shared_ptr<const UserValues> values);

}  // namespace kiln::legacy
