#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The work on texts behind the functions of `{{ }}`, with the results that Go gives.
namespace kiln::interpolation {

/// By the simple Unicode mapping, character by character.
std::string lower_case(const std::string& text);
std::string upper_case(const std::string& text);

/// The first `limit` occurrences, all when it is negative. An empty `from` stands before, between
/// and after all characters. Throws Error when the result gets too long.
std::string replace_text(const std::string& text, const std::string& from, const std::string& to,
                         std::int64_t limit);
/// An empty separator splits into characters.
std::vector<std::string> split_text(const std::string& text, const std::string& separator);

std::string escape_html(std::string_view text);
std::string escape_js(std::string_view text);
std::string escape_url(std::string_view text);

std::string time_ordered_uuid();

}  // namespace kiln::interpolation
