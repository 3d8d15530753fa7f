// Images that name other files, which they may: parents and backing files that are there or are the
// image itself, extents, the disks of an OVF. Files beside: see reference_files.h; under the names
// self.EXTENSION the image itself.
#include "format_reader.h"
#include "reference_files.h"

namespace kiln::fuzz {
namespace {

class Directory {
  public:
    Directory() {
        make_reference_files(path());
        SparseImage().store(image());
        for (const char* name : {"self.qcow2", "self.vhd", "self.vhdx", "self.vmdk"}) {
            std::filesystem::create_hard_link(image(), path() / name);
        }
    }
    std::filesystem::path path() const { return directory_.path(); }
    std::filesystem::path image() const { return path() / "image"; }

  private:
    TempDir directory_{"/dev/shm", "kiln-fuzz-"};
};

void open_and_check(const Directory& directory) {
    formats::OpenOptions options;
    options.allow_backing = true;
    options.backing_directories = {directory.path()};
    formats::ConvertOptions work;
    work.threads = 1;
    try {
        const auto source = formats::open_source(directory.image(), options);
        source->info();
        walk(*source);
        if (source->virtual_size() > kWholeReadSize) return;
    } catch (const Error& error) {
        require(!std::string_view(error.what()).empty(), "an error has words");
    }
    try {
        formats::check_image(directory.image(), options, work);
    } catch (const Error&) {
    }
}

}  // namespace
}  // namespace kiln::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kiln;
    static const fuzz::Directory directory;
    fuzz::SparseImage::parse({data, size}).store(directory.image());
    if (fuzz::takes_long(formats::InputFile::open(directory.image()))) return 0;
    fuzz::open_and_check(directory);
    return 0;
}
