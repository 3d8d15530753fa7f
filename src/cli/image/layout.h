#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "formats/volume/layout.h"

namespace kiln {

/// A disk's partitions, volumes and file systems as a tree for people, a node a line.
std::string layout_text(const formats::LayoutNode& disk);
nlohmann::ordered_json layout_json(const formats::LayoutNode& disk);

}  // namespace kiln
