#include "formats/inspect.h"

#include "formats/file/input_file.h"

namespace kiln::formats {

ImageInfo inspect_image(const std::filesystem::path& path, OpenOptions options,
                        const CancelToken& cancel) {
    options.ignore_backing = true;
    const InputFile file = InputFile::open(path);
    const std::unique_ptr<Source> source = open_source(path, options);
    ImageInfo info;
    info.source = source->info();
    info.file_size = file.size();
    info.allocated = file.allocated();
    const std::uint64_t size = source->virtual_size();
    for (std::uint64_t offset = 0; offset < size;) {
        cancel.throw_if_cancelled();
        const Extent extent = source->next_extent(offset, size - offset);
        switch (extent.kind) {
            case Extent::Kind::Data:
                info.data_bytes += extent.length;
                break;
            case Extent::Kind::Zero:
                info.zero_bytes += extent.length;
                break;
            case Extent::Kind::Hole:
                info.hole_bytes += extent.length;
                break;
        }
        offset = extent.end();
    }
    return info;
}

}  // namespace kiln::formats
