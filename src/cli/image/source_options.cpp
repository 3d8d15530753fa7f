#include "cli/image/source_options.h"

#include "formats/format.h"

namespace kiln {

formats::OpenOptions open_options(const ImageSourceOptions& source) {
    formats::OpenOptions options;
    options.allow_backing = source.allow_backing;
    options.backing_directories = source.backing_directories;
    if (source.format.empty()) return options;
    options.format = &formats::format_named(source.format);
    return options;
}

}  // namespace kiln
