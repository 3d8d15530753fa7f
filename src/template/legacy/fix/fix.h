#pragma once

#include <string>
#include <string_view>

#include "base/diagnostic.h"

namespace kiln {

/// Brings a legacy JSON template up to date: runs every fixer of spec/template.md, section 11, and
/// writes the template anew, keys sorted, two spaces for each level, no line end at the end. `name`
/// is what diagnostics call the text, which is added to `sources`. Empty after an error.
std::string fix_template(std::string_view text, const std::string& name, SourceMap& sources,
                         Diagnostics& diagnostics);

namespace legacy {

/// Whether one of the fixers knows an option of this name as an old one.
bool is_mended_option(std::string_view name);

}  // namespace legacy
}  // namespace kiln
