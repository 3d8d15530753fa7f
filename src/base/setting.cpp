#include "base/setting.h"

#include <array>

namespace kiln {

std::string_view Setting::kind() const {
    constexpr std::array<std::string_view, 6> names = {"null",   "bool", "number",
                                                       "string", "list", "map"};
    return names[value_.index()];
}

}  // namespace kiln
