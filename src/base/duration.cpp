#include "base/duration.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

namespace kiln {
namespace {

// Wide enough for any product below, so that overflow shows in the sum.
__extension__ using Wide = __int128;

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};

constexpr std::int64_t second = 1'000'000'000;
constexpr std::array<Unit, 8> units = {{{"ns", 1},
                                        {"us", 1'000},
                                        {"µs", 1'000},
                                        {"μs", 1'000},
                                        {"ms", 1'000'000},
                                        {"s", second},
                                        {"m", 60 * second},
                                        {"h", 3600 * second}}};

std::optional<Wide> parse_term(std::string_view& text);
std::string trim_fraction(std::int64_t value, std::int64_t unit);

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text == "0") return Duration::zero();
    if (text.empty()) return std::nullopt;
    Wide total = 0;
    while (!text.empty()) {
        const auto term = parse_term(text);
        if (!term) return std::nullopt;
        total += *term;
        if (total > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    }
    const auto count = static_cast<std::int64_t>(total);
    return Duration(negative ? -count : count);
}

std::string format_duration(Duration duration) {
    std::int64_t count = duration.count();
    if (count == 0) return "0s";
    const std::string sign = count < 0 ? "-" : "";
    count = std::abs(count);
    if (count < 1'000) return fmt::format("{}{}ns", sign, count);
    if (count < 1'000'000) return sign + trim_fraction(count, 1'000) + "µs";
    if (count < second) return sign + trim_fraction(count, 1'000'000) + "ms";
    std::string out = sign;
    const std::int64_t hours = count / (3600 * second);
    const std::int64_t minutes = count / (60 * second) % 60;
    if (hours > 0) out += fmt::format("{}h", hours);
    if (hours > 0 || minutes > 0) out += fmt::format("{}m", minutes);
    return out + trim_fraction(count % (60 * second), second) + "s";
}

std::string format_duration_words(Duration duration) {
    struct Named {
        std::string_view name;
        std::int64_t nanoseconds;
    };
    constexpr std::array<Named, 8> named = {{{"year", 365 * 24 * 3600 * second},
                                             {"week", 7 * 24 * 3600 * second},
                                             {"day", 24 * 3600 * second},
                                             {"hour", 3600 * second},
                                             {"minute", 60 * second},
                                             {"second", second},
                                             {"millisecond", 1'000'000},
                                             {"microsecond", 1'000}}};
    std::int64_t rest = std::abs(duration.count());
    std::string out;
    int shown = 0;
    for (const auto& unit : named) {
        const std::int64_t count = rest / unit.nanoseconds;
        rest %= unit.nanoseconds;
        if (count == 0 || shown == 2) continue;
        ++shown;
        out += fmt::format("{}{} {}{}", out.empty() ? "" : " ", count, unit.name,
                           count == 1 ? "" : "s");
    }
    return out.empty() ? "0 seconds" : out;
}

namespace {

// One `<decimal><unit>`, in nanoseconds; takes it off the front of `text`.
std::optional<Wide> parse_term(std::string_view& text) {
    constexpr Wide limit = std::numeric_limits<std::int64_t>::max();
    Wide whole = 0;
    Wide fraction = 0;
    Wide scale = 1;
    bool digits = false;
    bool after_dot = false;
    while (!text.empty() && (text[0] == '.' || (text[0] >= '0' && text[0] <= '9'))) {
        const char c = text[0];
        text.remove_prefix(1);
        if (c == '.') {
            if (after_dot) return std::nullopt;
            after_dot = true;
            continue;
        }
        digits = true;
        if (!after_dot) {
            whole = whole * 10 + (c - '0');
            if (whole > limit) return std::nullopt;
        } else if (scale < second * 1'000'000) {
            fraction = fraction * 10 + (c - '0');
            scale *= 10;
        }
    }
    if (!digits) return std::nullopt;
    const std::size_t unit_size = std::min(text.find_first_of("0123456789."), text.size());
    for (const auto& unit : units) {
        if (text.substr(0, unit_size) != unit.name) continue;
        text.remove_prefix(unit_size);
        return whole * unit.nanoseconds + fraction * unit.nanoseconds / scale;
    }
    return std::nullopt;
}

std::string trim_fraction(std::int64_t value, std::int64_t unit) {
    std::string digits = fmt::format("{}", value % unit + unit).substr(1);
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    return digits.empty() ? fmt::format("{}", value / unit)
                          : fmt::format("{}.{}", value / unit, digits);
}

}  // namespace
}  // namespace kiln
