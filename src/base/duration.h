#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace kiln {

using Duration = std::chrono::nanoseconds;

/// Reads Go's duration form, as Packer's options have it: an optional sign and one or more
/// `<decimal><unit>` with units ns us µs ms s m h; `0` alone is allowed. Nothing for other text and
/// for values that do not fit.
std::optional<Duration> parse_duration(std::string_view text);

/// Go's printed form: `1m20s`, `1.5s`, `300ms`, `0s`.
std::string format_duration(Duration duration);

/// The first two non-zero units in words, as build summaries print them:
/// `2 minutes 5 seconds`, `45 milliseconds 210 microseconds` (spec/cli.md, section 4.3).
std::string format_duration_words(Duration duration);

}  // namespace kiln
