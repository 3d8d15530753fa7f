#pragma once

#include "cli/image/source_options.h"

namespace kiln {

struct ImageCompareOptions {
    ImageSourceOptions first;
    ImageSourceOptions second;
    unsigned threads = 0;
    bool json = false;
};

/// Compares what two guests would see: 0 when identical, 1 when they differ, with the offset of the
/// first byte that does. Disks of different sizes are identical if what one has more is zero.
int image_compare(const ImageCompareOptions& options, const ImageContext& context);

void add_image_compare(CLI::App& app, const std::shared_ptr<ImageCommand>& command);

}  // namespace kiln
