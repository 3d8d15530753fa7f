#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kiln::formats {

/// Which of a container's disks `OpenOptions::disk` means: a name or a number from 1; empty for the
/// only one. Returns its index. Throws Error that lists the names when there is none, it does not
/// say which of several, or no disk is called so. `container` is for messages.
std::size_t choose_disk(const std::vector<std::string>& names, std::string_view choice,
                        std::string_view container);

}  // namespace kiln::formats
