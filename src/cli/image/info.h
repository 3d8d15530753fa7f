#pragma once

#include "cli/image/source_options.h"

namespace kiln {

struct ImageInfoOptions {
    ImageSourceOptions source;
    bool json = false;
};

/// Prints what an image says of itself and what its map adds up to. 0.
int image_info(const ImageInfoOptions& options, const ImageContext& context);

void add_image_info(CLI::App& app, const std::shared_ptr<ImageCommand>& command);

}  // namespace kiln
