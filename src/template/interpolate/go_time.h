#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace kiln::interpolation {

/// The moment in UTC, written after a layout of Go's reference time `Mon Jan 2 15:04:05 MST 2006`.
std::string format_go_time(std::chrono::system_clock::time_point moment, std::string_view layout);

/// The moment in UTC by strftime codes; `%L` is the milliseconds with their dot. Unknown codes stay
/// as they are (spec/functions.md, legacy_strftime).
std::string format_strftime(std::chrono::system_clock::time_point moment, std::string_view format);

inline constexpr std::string_view kRfc3339 = "2006-01-02T15:04:05Z07:00";

}  // namespace kiln::interpolation
