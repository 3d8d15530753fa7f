#include "formats/file/input_file.h"
#include "formats/inspect.h"
#include "formats/probe.h"

namespace kiln::formats {

CheckReport check_image(const std::filesystem::path& path, OpenOptions options,
                        const ConvertOptions& work) {
    options.ignore_backing = true;
    const InputFile file = InputFile::open(path);
    if (options.format == nullptr) options.format = &probe_format(file, options.allow_raw);
    CheckReport report;
    report.format = options.format->name;
    options.format->check(file, report, options, work);
    return report;
}

}  // namespace kiln::formats
