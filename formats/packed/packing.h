#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/cancel.h"
#include "formats/file/input_file.h"
#include "formats/packed/byte_stream.h"

namespace kiln::formats {

/// What is around a disk or an archive.
enum class Packing { None, Gzip, Xz, Zstd, Bzip2, Zip };

/// By the file's magic.
Packing find_packing(const InputFile& file);
/// `gzip`, `xz`, ...
std::string_view packing_name(Packing packing);

/// The plain bytes from the first on. Throws Error when the file does not begin as it should.
std::unique_ptr<ByteStream> open_stream(const InputFile& file, Packing packing);

/// To be called before more than a few MiB are decoded: throws Error when that could take more than
/// 128 MiB of memory. Other decoders than xz's have such a bound of their own. Throws Cancelled.
void check_decoder_memory(const InputFile& file, Packing packing, const CancelToken& cancel);

/// How many plain bytes there are, as far as the file tells: xz and zip do, zstd when its writer
/// knew it. gzip's own field is modulo 4 GiB and of the last member only, and is not looked at.
std::optional<std::uint64_t> told_plain_size(const InputFile& file, Packing packing,
                                             const CancelToken& cancel);
/// The same, or else by decoding once. Throws Cancelled, and Error for damage on the way.
std::uint64_t find_plain_size(const InputFile& file, Packing packing, const CancelToken& cancel);

}  // namespace kiln::formats
