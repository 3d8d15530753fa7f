
#include "formats/input_file.h"
#include "formats/outputs.h"
#include "formats/ova/ova_source.h"
#include "formats/probe.h"
#include "formats/qcow2/qcow2_source.h"
#include "formats/raw/raw_source.h"
#include "formats/source.h"
#include "formats/vmdk/vmdk_source.h"

namespace kiln::formats {

std::unique_ptr<Source> open_source(const std::filesystem::path& path, const OpenOptions& options) {
    InputFile file = InputFile::open(path);
    switch (options.format ? *options.format : probe_format(file, options.allow_raw)) {
        case Format::Raw:
            return make_raw_source(std::move(file));
        case Format::Qcow2:
            return open_qcow2(std::move(file), options);
        case Format::Vmdk:
            return open_vmdk(std::move(file), options);
        case Format::Ova:
            return open_ova(std::move(file), options);
    }
    throw Error("no such image format");
}

}  // namespace kiln::formats
