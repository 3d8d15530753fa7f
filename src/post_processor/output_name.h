#pragma once

#include <filesystem>
#include <string>

#include "engine/component.h"

namespace kiln {

/// Renders the name of a post-processor's output: `{{.BuildName}}`, `{{.BuilderType}}`, the
/// build's values and `fields`. Throws Error when nothing is left of it.
std::filesystem::path render_output_name(const std::string& text, const PrepareContext& prepared,
                                         const Setting::Map& fields = {});

/// Makes the directories that the file will stand in.
void make_parent_directories(const std::filesystem::path& file);

/// Removes files (and directories with all they hold); a file that is gone already is fine.
void remove_files(const std::vector<std::filesystem::path>& files);

}  // namespace kiln
