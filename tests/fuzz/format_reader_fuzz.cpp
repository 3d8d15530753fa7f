// The reader and the check of one format, FUZZ_FORMAT, whatever the file.
#include "format_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kiln;
    const UniqueFd file = fuzz::SparseImage::parse({data, size}).store_in_memory();
    const std::filesystem::path path = fuzz::SparseImage::path_of(file);
    if (fuzz::takes_long(formats::InputFile::open(path))) return 0;
    fuzz::exercise(formats::format_named(FUZZ_FORMAT), path);
    return 0;
}
