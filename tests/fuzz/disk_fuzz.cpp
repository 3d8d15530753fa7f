// What lies on a disk: partition tables, LVM2, file systems. The layout is read as `info` does, the
// free blocks as `--thin` does; thinning must leave what it does not drop as it was.
#include "format_reader.h"
#include "formats/raw/raw_source.h"
#include "formats/volume/layout.h"
#include "formats/volume/mount_check.h"
#include "formats/volume/thin_source.h"

namespace {

// What stands where there is something: at the ends of the first extents, and shortly before.
void describe_data(const kiln::formats::Source& disk, const kiln::formats::LayoutNode& layout) {
    constexpr unsigned kMostExtents = 12;
    constexpr std::uint64_t kStep = 4096;
    std::uint64_t offset = 0;
    for (unsigned i = 0; i < kMostExtents && offset < disk.virtual_size(); ++i) {
        const auto extent = disk.next_extent(offset, disk.virtual_size() - offset);
        for (std::uint64_t back = 0; back < 3 * kStep && back < extent.length; back += kStep) {
            if (back != 0 && extent.kind != kiln::formats::Extent::Kind::Data) break;
            kiln::formats::describe_offset(disk, layout, extent.end() - 1 - back);
        }
        offset = extent.end();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kiln;
    const UniqueFd file = fuzz::SparseImage::parse({data, size}).store_in_memory();
    const auto disk =
        formats::make_raw_source(formats::InputFile::open(fuzz::SparseImage::path_of(file)));
    try {
        const formats::LayoutNode layout = formats::read_layout(*disk);
        describe_data(*disk, layout);
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
