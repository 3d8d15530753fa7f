#pragma once

#include <memory>

#include "cli/image/source_options.h"

namespace kiln {

struct ImageResizeOptions {
    ImageSourceOptions source;
    std::string size;  ///< `20G`, or relative to the disk's size: `+5G`, `-1G`
    bool shrink = false;
    unsigned threads = 0;
};

/// Gives a disk another size. A raw image is cut or extended where it is; an image of another
/// format is written anew with the options it has and takes its own place in one step, so that
/// nothing is lost when that fails. Throws kiln::Error for what would be lost: data behind a
/// smaller end unless `shrink` is set, snapshots, a backing file. 0.
int image_resize(const ImageResizeOptions& options, const ImageContext& context);

/// The size in bytes that `text` asks for, a multiple of 512. Throws kiln::Error.
std::uint64_t resized(const std::string& text, std::uint64_t current);

void add_image_resize(CLI::App& app, const std::shared_ptr<ImageCommand>& command);

}  // namespace kiln
