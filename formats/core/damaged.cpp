#include "formats/core/damaged.h"

#include <fmt/format.h>

#include "base/error.h"

namespace kiln::formats {

void throw_damaged(std::string_view image, std::string_view where, std::string_view reason) {
    throw Error(fmt::format("{} is damaged {}", image, where))
        .because(reason)
        .with_hint("Run `kiln image check` on it for a list of what is wrong.");
}

}  // namespace kiln::formats
