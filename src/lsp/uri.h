#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace kiln::lsp {

/// The absolute path, without `.` and `..`, that a `file:` URI of this host names, or nothing.
std::optional<std::filesystem::path> path_of_uri(std::string_view uri);

/// The `file:` URI of an absolute path.
std::string uri_of_path(const std::filesystem::path& path);

}  // namespace kiln::lsp
