#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "formats/codec/compress.h"
#include "formats/engine/stream_hasher.h"
#include "formats/file/output_file.h"
#include "formats/sink.h"

namespace kiln::formats {

/// Stretches of data, each deflated for itself by ISA-L so that threads can work side by side. A
/// stretch begins and ends at a byte of the stream and is not its last, so that they can stand one
/// behind the other in one gzip member, which every reader takes.
///
/// A piece is a stretch of a block of 256 KiB: zeros at a block's ends and stretches of at least 64
/// KiB of them inside are left out, by whole pages. Shorter ones cost less as a part of the data
/// than a run of its own would.
///
/// The speeds are ISA-L's levels: `fast` 1, `balanced` 2, `small` 3. libdeflate, which gets
/// smaller, can only make a stream's last block.
constexpr std::size_t kGzipBlock = std::size_t{256} << 10;
constexpr std::size_t kGzipHole = std::size_t{64} << 10;
/// Nothing at or beyond `size` is encoded: the disk's end.
std::unique_ptr<Encoder> make_gzip_encoder(Speed speed, std::uint64_t size);
/// How many plain bytes a piece stands for.
std::uint32_t gzip_plain_size(std::span<const std::byte> piece);

/// One gzip member made of such pieces, of zeros and of plain bytes, written front to back. Zeros
/// are prepared stretches that are only copied, at about a thousandth of their length.
///
/// One thread at a time. No name and no time is in the header, so that the bytes depend on the
/// content only.
class GzipWriter {
  public:
    GzipWriter(const std::filesystem::path& path, bool sha256,
               std::span<const DigestType> digests = {});

    /// A few bytes, stored.
    void append_plain(std::span<const std::byte> bytes);
    /// At most `kGzipBlock` bytes, deflated.
    void append_packed(std::span<const std::byte> bytes);
    void append_zeros(std::uint64_t count);
    /// A piece of `make_gzip_encoder`.
    void append_piece(std::span<const std::byte> piece,
                      const std::shared_ptr<const void>& keep_alive);
    /// Plain bytes so far.
    std::uint64_t plain_size() const { return plain_; }

    /// The end of the stream. Fills in `file_size` and the digests. Throws Cancelled.
    void finish(OutputResult& result, const CancelToken& cancel);
    void sync() { file_.sync(); }
    void commit(Sync sync) { file_.commit(sync); }

  private:
    void write(std::span<const std::byte> bytes, const std::shared_ptr<const void>& keep_alive);
    void add_crc(std::uint32_t crc, std::uint64_t length);
    using Bytes = std::shared_ptr<const std::vector<std::byte>>;
    const Bytes& zeros(unsigned shift);

    OutputFile file_;
    bool sha256_;
    std::optional<StreamHasher> hasher_;
    static constexpr unsigned kZeroShift = 26;   // 64 MiB
    std::array<Bytes, kZeroShift + 1> zeros_{};  // 2^i of them, made when they are asked for
    std::uint64_t plain_ = 0;
    std::uint32_t crc_ = 0;
};

}  // namespace kiln::formats
