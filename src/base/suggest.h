#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kiln {

/// Levenshtein distance in bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// What the user may have meant: the nearest of `known`, whose distance to `given` is below 3 and at
/// most half of its length, or nothing. Letters that differ in case alone count as the same; of
/// several that are as near the first.
std::optional<std::string> suggest(std::string_view given, const std::vector<std::string>& known);

/// ` Did you mean "x"?`, or nothing: made to be appended to a sentence.
std::string did_you_mean(std::string_view given, const std::vector<std::string>& known);

}  // namespace kiln
