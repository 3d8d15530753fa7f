#include "cli/render/style.h"

#include <array>
#include <ctime>

#include <fmt/format.h>

namespace kiln::render {

int build_color(std::size_t index) {
    constexpr std::array<int, 5> cycle = {32, 36, 35, 33, 34};
    return cycle[index % cycle.size()];
}

std::string paint(std::string_view text, int color) {
    return fmt::format("\x1b[1;{}m{}\x1b[0m", color, text);
}

std::string local_timestamp() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    std::array<char, 32> date{};
    std::array<char, 8> zone{};
    std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &local);
    std::strftime(zone.data(), zone.size(), "%z", &local);
    const std::string_view offset(zone.data());
    if (local.tm_gmtoff == 0 || offset.size() != 5) return fmt::format("{}Z", date.data());
    return fmt::format("{}{}:{}", date.data(), offset.substr(0, 3), offset.substr(3));
}

std::string prefix_lines(std::string_view prefix, std::string_view text) {
    std::string out;
    std::size_t start = 0;
    while (true) {
        const std::size_t end = text.find('\n', start);
        out += fmt::format("{} {}", prefix, text.substr(start, end - start));
        if (end == std::string_view::npos) break;
        out += '\n';
        start = end + 1;
    }
    out.erase(out.find_last_not_of(" \t\r\n") + 1);
    return out;
}

}  // namespace kiln::render
