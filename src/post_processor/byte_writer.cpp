#include "post_processor/byte_writer.h"

namespace kiln {

FileWriter::FileWriter(const std::filesystem::path& path)
    : file_(path), digester_(DigestType::Sha256) {}

void FileWriter::write(std::string_view bytes) {
    write_all(file_.fd(), bytes, file_.path());
    digester_.update(bytes);
}

}  // namespace kiln
