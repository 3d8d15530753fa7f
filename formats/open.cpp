#include "formats/format.h"
#include "formats/probe.h"
#include "formats/source.h"

namespace kiln::formats {

std::unique_ptr<Source> open_source(const std::filesystem::path& path, const OpenOptions& options) {
    return open_source(InputFile::open(path), options);
}

std::unique_ptr<Source> open_source(InputFile file, const OpenOptions& options) {
    const Format* format =
        options.format != nullptr ? options.format : &probe_format(file, options.allow_raw);
    return format->open(std::move(file), options);
}

}  // namespace kiln::formats
