#pragma once

#include <string_view>

namespace kiln {

/// A pattern of `*` (also across dots and slashes), `?`, `[abc]`, `[!a]`, `[a-c]`, `{a,b}` and `\`
/// escapes, as `-only` and `-except` take it (spec/cli.md, section 6).
/// Throws Error with the reason when the pattern is malformed.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace kiln
