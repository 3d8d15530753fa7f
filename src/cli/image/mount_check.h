#pragma once

#include <memory>

#include "cli/image/source_options.h"

namespace kiln {

struct ImageMountCheckOptions {
    ImageSourceOptions source;
    bool json = false;
};

/// Prints whether a guest could mount what is on its disk: 0 when all of it, else 1.
int image_mount_check(const ImageMountCheckOptions& options, const ImageContext& context);

void add_image_mount_check(CLI::App& app, const std::shared_ptr<ImageCommand>& command);

}  // namespace kiln
