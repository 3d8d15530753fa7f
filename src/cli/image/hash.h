#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/digest.h"
#include "cli/image/source_options.h"

namespace kiln {

struct ImageHashOptions {
    ImageSourceOptions source;
    std::vector<std::string> digests;  ///< further ones beside SHA-256
    unsigned threads = 0;
    bool json = false;
};

/// Prints the digests of what a guest sees, which are those of the image as a raw file, whatever
/// its format: `sha256sum` of one equals `image hash` of the other. 0.
int image_hash(const ImageHashOptions& options, const ImageContext& context);

/// The digests by their names. Throws kiln::Error for one that is not known.
std::vector<DigestType> digest_types(const std::vector<std::string>& names);

void add_image_hash(CLI::App& app, const std::shared_ptr<ImageCommand>& command);

}  // namespace kiln
