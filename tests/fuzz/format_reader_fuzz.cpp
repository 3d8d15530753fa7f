// The reader and the check of one format, FUZZ_FORMAT, whatever the file.
#include "format_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kiln;
    const fuzz::SparseImage image = fuzz::SparseImage::parse({data, size});
    // Reading a compressed file takes as long as it is large, which is no finding.
    constexpr std::uint64_t kMaxFile = std::uint64_t{32} << 20;
    if (image.size() > kMaxFile) return 0;
    const UniqueFd file = image.store_in_memory();
    fuzz::exercise(formats::format_named(FUZZ_FORMAT), fuzz::SparseImage::path_of(file));
    return 0;
}
