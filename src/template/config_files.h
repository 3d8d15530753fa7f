#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "hcl/syntax/tree.h"

namespace kiln {

/// One file of a template. `name` is how diagnostics call it.
struct ConfigFile {
    std::string name;
    hcl::Body body;
};

/// Reads the file, or the directory's `*.pkr.hcl` in the order of their names. What cannot be found
/// or read is an error among the diagnostics.
std::vector<ConfigFile> read_config_files(const std::filesystem::path& path, SourceMap& sources,
                                          Diagnostics& diagnostics);

/// Files of a directory whose names end so, sorted, with the directory in front as it was given.
std::vector<std::filesystem::path> files_ending(const std::filesystem::path& directory,
                                                std::string_view suffix);

/// `path.root`: the directory given, or that of the file given (`.` for a bare name), as written.
std::string root_directory(const std::filesystem::path& path);

}  // namespace kiln
