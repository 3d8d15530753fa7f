#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "formats/source.h"

namespace kiln {

/// An image as a command takes it. `format` is empty, or a format's name (`raw`, `qcow2`...).
struct ImageSourceOptions {
    std::filesystem::path path;
    std::string format;
    bool allow_backing = false;
    std::vector<std::filesystem::path> backing_directories;
};

/// As the library takes it. Throws kiln::Error for a format that is not known.
formats::OpenOptions open_options(const ImageSourceOptions& source);

}  // namespace kiln
