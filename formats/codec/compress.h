#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace kiln::formats {

/// How hard to compress. Measured on a Debian server's disk in 64 KiB blocks, one core, beside
/// zlib's level 6 (33 MB/s, 0.405 of the plain bytes; ISA-L with AVX-512):
///
///                deflate, 32 KiB window                     zstd
///     fast       ISA-L 2, 3        460 MB/s 0.433 (1.069)   level 1  477 MB/s 0.423
///     balanced   libdeflate 4, 5   139 MB/s 0.408 (1.008)   level 3  355 MB/s 0.413
///     small      libdeflate 6       99 MB/s 0.403 (0.995)   level 9   88 MB/s 0.396
///
/// Blocks are looked at first. What is random is stored. What is nearly so gets ISA-L 2 at every
/// speed, as libdeflate gains 1 % there. Blocks of a few different bytes get the lower level of
/// two, which halves the time of `fast` on them.
enum class Speed { Fast, Balanced, Small };

std::optional<Speed> speed_from_name(std::string_view name);
std::string_view speed_name(Speed speed);

/// Compresses blocks that stand alone. One thread at a time; the same input gives the same output
/// whatever came before.
class BlockCompressor {
  public:
    virtual ~BlockCompressor() = default;
    /// The compressed size, or 0 when the block does not fit into `out`.
    virtual std::size_t compress(std::span<const std::byte> in, std::span<std::byte> out) = 0;
};

/// RFC 1950 streams (2-byte header, Adler-32), 32 KiB window: VMDK grains. A block that does not
/// shrink is stored; `zlib_bound` bytes of output always suffice.
std::unique_ptr<BlockCompressor> make_zlib_compressor(Speed speed);
std::size_t zlib_bound(std::size_t input);

/// RFC 1951 streams without a header, as qcow2's clusters of type zlib. QEMU opens its decoder with
/// a window of 4 KiB, so that a strict reader may refuse longer distances. `Strict` keeps within
/// 4 KiB, which of our libraries only ISA-L can: `balanced` and `small` are then ISA-L's level 3.
/// `Wide` uses 32 KiB and the levels above; QEMU reads it, and it is about 10 % smaller.
enum class DeflateWindow { Strict, Wide };
std::unique_ptr<BlockCompressor> make_deflate_compressor(Speed speed, DeflateWindow window);

/// RFC 8878 frames, as qcow2's clusters of type zstd.
std::unique_ptr<BlockCompressor> make_zstd_compressor(Speed speed);

/// A quick guess, right for media, archives and ciphertext: the histogram of a sample is flat and
/// hardly any four bytes come twice in it. Saves the work on blocks that would be stored anyway.
bool looks_incompressible(std::span<const std::byte> block);

}  // namespace kiln::formats
