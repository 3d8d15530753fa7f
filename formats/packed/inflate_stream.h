#pragma once

#include <memory>

#include "formats/file/input_file.h"
#include "formats/packed/byte_stream.h"

namespace kiln::formats {

/// A gzip file (RFC 1952) of any number of members, decoded by ISA-L. Zeros behind the last member
/// are padding (tapes, dd); anything else there is refused.
std::unique_ptr<ByteStream> make_gzip_stream(InputFile file);

/// One raw deflate stream that fills the file and must give these bytes: a zip's member.
std::unique_ptr<ByteStream> make_deflate_stream(InputFile file, std::uint64_t plain_size,
                                                std::uint32_t crc32);
/// The same, stored.
std::unique_ptr<ByteStream> make_stored_stream(InputFile file, std::uint32_t crc32);
/// A file as it is.
std::unique_ptr<ByteStream> make_plain_stream(InputFile file);

}  // namespace kiln::formats
