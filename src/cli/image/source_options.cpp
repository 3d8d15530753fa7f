#include "cli/image/source_options.h"

#include "base/error.h"
#include "base/suggest.h"
#include "formats/outputs.h"

namespace kiln {

formats::OpenOptions open_options(const ImageSourceOptions& source) {
    formats::OpenOptions options;
    options.allow_backing = source.allow_backing;
    options.backing_directories = source.backing_directories;
    if (source.format.empty()) return options;
    options.format = formats::format_from_name(source.format);
    if (!options.format) {
        throw Error(fmt::format("the image format {} is not known.{}", source.format,
                                did_you_mean(source.format, {"raw", "qcow2", "vmdk", "ova"})))
            .with_hint("Formats are raw, qcow2, vmdk and ova.");
    }
    return options;
}

}  // namespace kiln
