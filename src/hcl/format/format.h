#pragma once

#include <string>
#include <string_view>

namespace kiln::hcl {

/// The source in HCL's canonical form (spec/hcl2.md, section 29): the same tokens with other spaces
/// between them. Line ends, comments, the text of strings and heredocs and the order of things stay
/// as they are; so does the presence of a last line end.
///
/// The source should parse, which the caller checks first: of one that does not, the tokens are
/// kept too, but where they belong is a guess. Formatting the result again changes nothing. Takes
/// time and memory linear in the size. Never fails; may be called from any thread.
std::string format_source(std::string_view source);

}  // namespace kiln::hcl
