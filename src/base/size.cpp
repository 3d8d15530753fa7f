#include "base/size.h"

#include <array>
#include <charconv>
#include <string_view>

#include <fmt/format.h>

namespace kiln {

std::string format_size(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 7> units = {"B",   "KiB", "MiB", "GiB",
                                                       "TiB", "PiB", "EiB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    constexpr std::string_view units = "bkmgtpe";
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || end - stop > 1) return std::nullopt;
    if (stop == end) return value;
    const std::size_t unit = units.find(static_cast<char>(*stop | 0x20));
    if (unit == std::string_view::npos) return std::nullopt;
    const std::size_t shift = 10 * unit;
    if (value > (~std::uint64_t{0} >> shift)) return std::nullopt;
    return value << shift;
}

}  // namespace kiln
