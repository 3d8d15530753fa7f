#include "formats/core/disk_choice.h"

#include <algorithm>
#include <charconv>

#include <fmt/ranges.h>

#include "base/error.h"
#include "base/suggest.h"

namespace kiln::formats {

std::size_t choose_disk(const std::vector<std::string>& names, std::string_view choice,
                        std::string_view container) {
    if (names.empty()) throw Error(fmt::format("{} holds no disk", container));
    const std::string list = fmt::format("Its disks are {}.", fmt::join(names, ", "));
    if (choice.empty()) {
        if (names.size() == 1) return 0;
        throw Error(fmt::format("{} holds {} disks", container, names.size()))
            .with_hint(list + " Say which one: --disk NAME, or its number from 1.");
    }
    const auto found = std::ranges::find(names, choice);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(choice.data(), choice.data() + choice.size(), number);
    const bool is_number = error == std::errc() && end == choice.data() + choice.size();
    if (is_number && number >= 1 && number <= names.size()) return number - 1;
    throw Error(fmt::format("{} holds no disk {}.{}", container, choice,
                            did_you_mean(std::string(choice), names)))
        .with_hint(list);
}

}  // namespace kiln::formats
