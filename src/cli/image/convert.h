#pragma once

#include <string>
#include <vector>

#include "cli/image/source_options.h"
#include "formats/outputs.h"

namespace kiln {

/// One file to write. An empty format is taken from the name's extension; `options` is the text of
/// one `-o`: `key=value,key=value`.
struct ImageTarget {
    std::filesystem::path path;
    std::string format;
    std::vector<std::string> options;
};

struct ImageConvertOptions {
    ImageSourceOptions source;
    std::vector<ImageTarget> targets;
    std::string speed = "balanced";
    unsigned threads = 0;
    bool thin = false;  ///< leave out what file systems on the disk do not use
    bool sha256 = true;
    std::vector<std::string> digests;  ///< further ones of each file
    bool check_space = true;
    bool sync = true;
    bool json = false;
};

/// Reads the source once and writes all targets, then prints each with its size and SHA-256. With a
/// target on standard output (`-`) nothing else is printed. 0.
int image_convert(const ImageConvertOptions& options, const ImageContext& context);

/// As the library takes it. Throws kiln::Error for an unknown format or extension, or an option
/// that is not `key=value`. What the options mean is the format's affair.
formats::OutputSpec output_spec(const ImageTarget& target);

void add_image_convert(CLI::App& app, const std::shared_ptr<ImageCommand>& command);

}  // namespace kiln
