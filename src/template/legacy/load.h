#pragma once

#include "base/diagnostic.h"
#include "template/template.h"

/// Legacy JSON templates (spec/template.md, section 11), as one build block: its sources are the
/// builders, and what they share are the provisioners and post-processors.
namespace kiln::legacy {

/// As load_template().
Template load(const TemplateOptions& options, SourceMap& sources, Diagnostics& diagnostics);

/// Reads template and variables without rendering anything.
void check_syntax(const TemplateOptions& options, SourceMap& sources, Diagnostics& diagnostics);

}  // namespace kiln::legacy
