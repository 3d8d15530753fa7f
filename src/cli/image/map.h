#pragma once

#include <memory>

#include "cli/image/source_options.h"

namespace kiln {

struct ImageMapOptions {
    ImageSourceOptions source;
    bool json = false;
};

/// Prints where a disk holds data, recorded zeros and holes; neighbours of one kind as one. 0.
int image_map(const ImageMapOptions& options, const ImageContext& context);

void add_image_map(CLI::App& app, const std::shared_ptr<ImageCommand>& command);

}  // namespace kiln
