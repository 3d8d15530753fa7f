#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace kiln::hcl {

/// A moment with the zone it was written in.
struct Timestamp {
    std::chrono::sys_seconds utc;
    std::int64_t nanoseconds = 0;
    std::chrono::minutes offset{0};

    std::chrono::sys_seconds local() const { return utc + offset; }
    /// RFC 3339, in the zone, without fraction.
    std::string to_text() const;
    /// `Z`, or the offset with or without a colon.
    std::string zone(bool colon) const;
};

/// Strict RFC 3339. With `space_allowed`, a space may stand for the `T`. Throws Error.
Timestamp parse_timestamp(std::string_view text, bool space_allowed);

/// The time in the layout of spec/functions.md, section 9. Throws Error for a wrong layout.
std::string format_date(std::string_view layout, const Timestamp& time);

}  // namespace kiln::hcl
