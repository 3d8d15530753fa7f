#pragma once

#include <map>
#include <string>

namespace kiln::docs {

/// The pages of docs/reference by their path below it: one per component, an index, and one about
/// the commands. All of it comes from the schemas and from the commands' own declarations; a test
/// compares it with what stands in the tree.
std::map<std::string, std::string> reference_pages();

/// The manual page, in troff.
std::string manual_page();

}  // namespace kiln::docs
