#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "formats/file/input_file.h"
#include "formats/packed/byte_stream.h"

namespace kiln::formats {

/// Frames of zstd (RFC 8878) one after the other, with windows of at most 128 MiB (zstd's own
/// limit without `--long`).
std::unique_ptr<ByteStream> make_zstd_stream(InputFile file);

/// The plain size, when every frame's header has its own; found by walking the frames without
/// decoding. Throws Error when the structure is damaged, Cancelled.
std::optional<std::uint64_t> zstd_plain_size(const InputFile& file, const CancelToken& cancel);

}  // namespace kiln::formats
