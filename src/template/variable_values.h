#pragma once

#include "base/diagnostic.h"
#include "template/template.h"
#include "template/variable.h"

namespace kiln {

/// Gives the variables their values, in rising precedence: `PKR_VAR_name` of the environment, the
/// `*.auto.pkrvars.hcl` and `.json` of the template's directory, -var-file, -var (spec/cli.md,
/// section 5). Raw texts are added to `sources`, so that diagnostics can show them; those of
/// sensitive variables are registered as secrets before anything else.
void assign_variables(const TemplateOptions& options, Variables& variables, SourceMap& sources,
                      Diagnostics& diagnostics);

}  // namespace kiln
