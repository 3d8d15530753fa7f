#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kiln {

/// The shells that kiln has a completion script for: bash, fish, zsh.
std::vector<std::string> completion_shells();

/// The script of one of these shells (packaging/completion). It asks `kiln complete`, so that it
/// never knows less than the kiln that it completes.
std::string_view completion_script(std::string_view shell);

}  // namespace kiln
