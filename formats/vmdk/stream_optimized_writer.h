#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formats/engine/stream_hasher.h"
#include "formats/file/output_file.h"
#include "formats/sink.h"
#include "formats/vmdk/stream_optimized_sink.h"
#include "formats/vmdk/vmdk_header.h"

namespace kiln::formats {

/// The part that a streamOptimized file and a disk inside an OVA have in common: appends the whole
/// extent to `file`, wherever that stands, and counts and hashes it on its own. One thread at a
/// time.
///
/// Order in the file: header, descriptor, then for each grain table that is not empty its grains,
/// its marker and the table; the directory; the footer; the end-of-stream marker.
class StreamOptimizedWriter {
  public:
    /// Writes the header and the descriptor.
    StreamOptimizedWriter(OutputFile& file, std::uint64_t virtual_size, const std::string& name,
                          const StreamOptimizedOptions& options);

    static constexpr std::size_t kGrain = 65536;
    static std::unique_ptr<Encoder> make_encoder(Speed speed);

    void append(const EncodedBatch& batch, const std::shared_ptr<const void>& keep_alive);

    struct Result {
        std::uint64_t size = 0;
        std::string sha256;           ///< empty when not asked for
        std::uint64_t populated = 0;  ///< guest bytes in grains that are stored
        std::vector<FileDigest> digests = {};
    };
    Result finish(const CancelToken& cancel);

  private:
    void put(std::span<const std::byte> bytes);
    void open_table(std::uint64_t index);
    void close_table();
    std::uint32_t sector32(std::uint64_t position) const;

    OutputFile& file_;
    VmdkHeader header_;
    std::optional<StreamHasher> hasher_;
    std::uint64_t size_ = 0;
    std::uint64_t grains_ = 0;
    std::vector<std::byte> directory_;
    std::vector<std::byte> table_;
    std::optional<std::uint64_t> table_index_;
};

}  // namespace kiln::formats
