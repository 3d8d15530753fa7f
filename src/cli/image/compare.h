#pragma once

#include "cli/image/image_command.h"
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

}  // namespace kiln
