// The reader and the check of one format, FUZZ_FORMAT, whatever the file.
#include "format_reader.h"
#include "formats/packed/packing.h"

namespace {

// Reading takes as long as there is to read, which is no finding. Where a file is compressed, that
// is what comes out of it: the decoder runs up to here in any case.
bool takes_long(const kiln::formats::InputFile& file) try {
    using namespace kiln::formats;
    constexpr std::uint64_t kMaxFile = std::uint64_t{32} << 20;
    if (file.size() > kMaxFile) return true;
    const Packing packing = find_packing(file);
    return packing != Packing::None && open_stream(file, packing)->skip(kMaxFile, {}) == kMaxFile;
} catch (const kiln::Error&) {
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kiln;
    const UniqueFd file = fuzz::SparseImage::parse({data, size}).store_in_memory();
    const std::filesystem::path path = fuzz::SparseImage::path_of(file);
    if (takes_long(formats::InputFile::open(path))) return 0;
    fuzz::exercise(formats::format_named(FUZZ_FORMAT), path);
    return 0;
}
