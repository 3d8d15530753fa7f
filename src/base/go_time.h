#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>

namespace kiln {

/// The moment in UTC, written after a layout of Go's reference time `Mon Jan 2 15:04:05 MST 2006`.
std::string format_go_time(std::chrono::system_clock::time_point moment, std::string_view layout);

/// The layout of RFC 3339 with whole seconds.
inline constexpr std::string_view kGoRfc3339 = "2006-01-02T15:04:05Z07:00";

/// The moment in UTC by strftime codes; `%L` is the milliseconds with their dot. Unknown codes stay
/// as they are (spec/functions.md, legacy_strftime).
std::string format_strftime(std::chrono::system_clock::time_point moment, std::string_view format);

/// The English names that every layout prints, whatever the locale; the week starts on Sunday.
inline constexpr std::array<std::string_view, 12> kMonthNames = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
inline constexpr std::array<std::string_view, 7> kDayNames = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

}  // namespace kiln
