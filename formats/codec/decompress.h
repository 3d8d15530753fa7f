#pragma once

#include <cstddef>
#include <span>

namespace kiln::formats {

/// Decoders for blocks whose plain size is known. Each fills `out` and returns true, or returns
/// false when the input is damaged, ends too early, or gives fewer bytes. Output beyond
/// `out` is never made, so that no input can expand past its block. Bytes behind the stream are
/// ignored (the formats pad to sectors). Any thread may call them; each thread keeps its decoders.
bool inflate_raw(std::span<const std::byte> in, std::span<std::byte> out);
/// A zlib stream; its checksum must match. May give as few as `least` bytes; the rest of `out` is
/// then zero.
bool inflate_zlib(std::span<const std::byte> in, std::span<std::byte> out, std::size_t least);
bool decompress_zstd(std::span<const std::byte> in, std::span<std::byte> out);

}  // namespace kiln::formats
