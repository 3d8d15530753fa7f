#pragma once

#include <string>

#include "base/diagnostic.h"

namespace kiln {

/// Diagnostics for editors: what `validate -json` prints, with a line end. The form is that of
/// docs/validate-json.md; secrets are taken out.
std::string diagnostics_json(const Diagnostics& diagnostics, const SourceMap& sources);

}  // namespace kiln
