#pragma once

#include "cli/image/image_command.h"
#include "cli/image/source_options.h"

namespace kiln {

struct ImageInfoOptions {
    ImageSourceOptions source;
    bool json = false;
};

/// Prints what an image says of itself and what its map adds up to. 0.
int image_info(const ImageInfoOptions& options, const ImageContext& context);

}  // namespace kiln
