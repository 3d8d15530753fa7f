#pragma once

#include <set>
#include <string>

#include "base/diagnostic.h"
#include "template/interpolate.h"
#include "template/legacy/document.h"

namespace kiln::legacy {

/// The text with every plain ``{{user `name`}}`` replaced by the variable's value; other actions
/// stay.
std::string replace_users(const std::string& text, const LegacyFacts& facts);

/// The names of all variables that texts below `node` ask for.
void collect_users(const json::Node& node, std::set<std::string>& names);

/// Warns of ``{{user `name`}}`` anywhere below `node` whose variable is not there: the peer takes
/// it for empty text and says nothing.
void warn_of_undefined_users(const json::Document& document, const json::Node& node,
                             const LegacyFacts& facts, const std::vector<std::string>& known,
                             Diagnostics& diagnostics);

}  // namespace kiln::legacy
