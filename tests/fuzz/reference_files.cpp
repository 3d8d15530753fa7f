#include "reference_files.h"

#include <cstring>

#include "formats/engine/converter.h"
#include "formats/outputs.h"
#include "tests/unit/formats/sparse_disk.h"

namespace kiln::fuzz {

void make_reference_files(const std::filesystem::path& directory) {
    using namespace formats;
    SparseDisk disk(std::uint64_t{3} << 20);
    for (std::uint64_t at = 0; at < disk.virtual_size(); at += 1'000'000) {
        disk.write(at, std::string(3000, static_cast<char>('a' + at / 1'000'000)));
    }
    ConvertOptions work;
    work.threads = 1;
    for (const char* name :
         {"base.raw", "parent.qcow2", "parent.vhd", "parent.vhdx", "parent.vmdk"}) {
        OutputSpec spec;
        spec.path = directory / name;
        spec.format = format_of_file_name(name);
        if (spec.format == &format_named("vmdk"))
            spec.options = {{"subformat", "monolithicSparse"}};
        std::vector<std::unique_ptr<Sink>> sinks;
        sinks.push_back(make_sink(spec));
        convert(disk, sinks, work);
    }
}

}  // namespace kiln::fuzz
