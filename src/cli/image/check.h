#pragma once

#include "cli/image/source_options.h"

namespace kiln {

struct ImageCheckOptions {
    ImageSourceOptions source;
    unsigned threads = 0;
    bool json = false;
};

/// Prints what is wrong with an image: 0 when nothing is, 1 for corruptions or leaks.
int image_check(const ImageCheckOptions& options, const ImageContext& context);

void add_image_check(CLI::App& app, const std::shared_ptr<ImageCommand>& command);

}  // namespace kiln
