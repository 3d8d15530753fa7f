// The reader and the check of one format, FUZZ_FORMAT, whatever the file.
#include "format_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kiln;
    const UniqueFd file = fuzz::SparseImage::parse({data, size}).store_in_memory();
    const formats::Format* const format = formats::find_format(FUZZ_FORMAT);
    if (format != nullptr) fuzz::exercise(*format, fuzz::SparseImage::path_of(file));
    return 0;
}
