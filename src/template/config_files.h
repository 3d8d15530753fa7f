#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "hcl/syntax/tree.h"
#include "template/template.h"

namespace kiln {

/// One file of a template. `name` is how diagnostics call it.
struct ConfigFile {
    std::string name;
    hcl::Body body;
};

/// How diagnostics call a template that comes from standard input.
inline constexpr const char* kStdinName = "<stdin>";

/// Reads the HCL2 template of the options: its file, or the directory's `*.pkr.hcl` and then
/// `*.pkr.json` in the order of their names, or standard input. What cannot be found or read is an
/// error among the diagnostics. No path at all is a template without files.
std::vector<ConfigFile> read_config_files(const TemplateOptions& options, SourceMap& sources,
                                          Diagnostics& diagnostics);

/// The text of one file, from the editor that holds it open or from the disk. Throws Error.
std::string read_template_file(const TemplateOptions& options, const std::filesystem::path& path);

/// Files of a directory whose names end so, sorted, with the directory in front as it was given.
std::vector<std::filesystem::path> files_ending(const std::filesystem::path& directory,
                                                std::string_view suffix);

/// `path.root`: the directory given, or that of the file given (`.` for a bare name), as written.
std::string root_directory(const std::filesystem::path& path);

}  // namespace kiln
