#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "formats/file/input_file.h"
#include "formats/packed/byte_stream.h"

namespace kiln::formats {

/// The only file in a zip archive (APPNOTE 6.3, ZIP64 included), as its central directory has it.
struct ZipMember {
    std::string name;  ///< for messages; nothing is ever written under it
    std::uint64_t plain_size = 0;
    std::uint64_t stored_size = 0;
    std::uint64_t data_offset = 0;
    std::uint32_t crc32 = 0;
    bool deflated = false;
};

/// Throws Error when the archive is damaged, holds no file or several (directories do not count),
/// or the file is encrypted, a link, or compressed by something else than deflate.
ZipMember find_zip_member(const InputFile& file);
/// Its bytes.
std::unique_ptr<ByteStream> open_zip_member(const InputFile& file, const ZipMember& member);

}  // namespace kiln::formats
