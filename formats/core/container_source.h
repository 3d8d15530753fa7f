#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "formats/source.h"

namespace kiln::formats {

/// A disk out of a container (OVA, OVF, Vagrant box): reads as the disk, and tells in `info` that
/// it is of the container's format, with these details behind its own.
std::unique_ptr<Source> make_container_source(
    std::unique_ptr<Source> disk, std::string format,
    std::vector<std::pair<std::string, std::string>> details);

}  // namespace kiln::formats
