// What lies on a disk: partition tables, LVM2, file systems. The layout is read as `info` does, the
// free blocks as `--thin` does; thinning must leave what it does not drop as it was.
#include "format_reader.h"
#include "formats/raw/raw_source.h"
#include "formats/volume/layout.h"
#include "formats/volume/mount_check.h"
#include "formats/volume/thin_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kiln;
    const UniqueFd file = fuzz::SparseImage::parse({data, size}).store_in_memory();
    const auto disk =
        formats::make_raw_source(formats::InputFile::open(fuzz::SparseImage::path_of(file)));
    try {
        const formats::LayoutNode layout = formats::read_layout(*disk);
        for (const std::uint64_t offset : {std::uint64_t{0}, disk->virtual_size() / 2}) {
            formats::describe_offset(*disk, layout, offset);
        }
        formats::check_mounts(*disk);
    } catch (const Error&) {
    }
    try {
        const auto thin = formats::make_thin_source(*disk);
        fuzz::require(thin->virtual_size() == disk->virtual_size(), "a thin disk is as large");
        fuzz::walk(*thin);
    } catch (const Error&) {
    }
    return 0;
}
