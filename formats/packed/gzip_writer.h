#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "formats/compress.h"
#include "formats/output_file.h"
#include "formats/sink.h"
#include "formats/stream_hasher.h"

namespace kiln::formats {

/// Blocks of 256 KiB, each deflated for itself by ISA-L so that threads can work side by side. A
/// block begins and ends at a byte and is not the stream's last, so that blocks can stand one
/// behind the other in one gzip member, which every reader takes. A piece is the block's CRC-32 (4
/// bytes) and its deflated bytes.
///
/// The speeds are ISA-L's levels: `fast` 1, `balanced` 2, `small` 3. libdeflate, which gets
/// smaller, can only make a stream's last block.
constexpr std::size_t kGzipBlock = std::size_t{256} << 10;
std::unique_ptr<Encoder> make_gzip_encoder(Speed speed);

/// One gzip member made of such blocks, of zeros and of plain bytes, written front to back. Zeros
/// are prepared blocks that are only copied, at about a thousandth of their length.
///
/// One thread at a time. No name and no time is in the header, so that the bytes depend on the
/// content only.
class GzipWriter {
  public:
    GzipWriter(const std::filesystem::path& path, bool sha256,
               std::span<const DigestType> digests = {});

    /// A few bytes, stored.
    void append_plain(std::span<const std::byte> bytes);
    void append_zeros(std::uint64_t count);
    /// A piece of `make_gzip_encoder`.
    void append_block(std::span<const std::byte> piece, std::shared_ptr<const void> keep_alive);
    /// Plain bytes so far.
    std::uint64_t plain_size() const { return plain_; }

    /// The end of the stream. Fills in `file_size` and the digests. Throws Cancelled.
    void finish(OutputResult& result, const CancelToken& cancel);
    void commit(Sync sync) { file_.commit(sync); }

  private:
    void write(std::span<const std::byte> bytes, const std::shared_ptr<const void>& keep_alive);
    void add_crc(std::uint32_t crc, std::uint64_t length);

    OutputFile file_;
    bool sha256_;
    std::optional<StreamHasher> hasher_;
    std::shared_ptr<const std::vector<std::byte>> zeros_;      // 64 MiB of them
    std::shared_ptr<const std::vector<std::byte>> few_zeros_;  // a block of them
    std::uint64_t plain_ = 0;
    std::uint32_t crc_ = 0;
};

}  // namespace kiln::formats
