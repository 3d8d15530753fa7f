#include "base/suggest.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace kiln {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row[b.size()];
}

std::optional<std::string> suggest(std::string_view given, const std::vector<std::string>& known) {
    // A long unknown name is a name of its own, and the distance of hostile input is not worth it.
    constexpr std::size_t longest = 256;
    if (given.size() > longest) return std::nullopt;
    const std::size_t farthest = std::min<std::size_t>(2, given.size() / 2);
    const std::string* best = nullptr;
    std::pair<std::size_t, std::size_t> best_distance{farthest + 1, 0};
    for (const auto& candidate : known) {
        if (candidate.size() > longest) continue;
        const std::pair distance{edit_distance(lower(given), lower(candidate)),
                                 edit_distance(given, candidate)};
        if (distance < best_distance) {
            best = &candidate;
            best_distance = distance;
        }
    }
    return best == nullptr ? std::nullopt : std::optional(*best);
}

std::string did_you_mean(std::string_view given, const std::vector<std::string>& known) {
    const auto found = suggest(given, known);
    return found ? fmt::format(" Did you mean \"{}\"?", *found) : std::string();
}

}  // namespace kiln
