#pragma once

#include "cli/image/image_command.h"
#include "cli/image/source_options.h"

namespace kiln {

struct ImageCheckOptions {
    ImageSourceOptions source;
    unsigned threads = 0;
    bool json = false;
};

/// Prints what is wrong with an image: 0 when nothing is, 1 for corruptions or leaks.
int image_check(const ImageCheckOptions& options, const ImageContext& context);

}  // namespace kiln
