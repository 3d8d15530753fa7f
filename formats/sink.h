#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/digest.h"
#include "base/file.h"
#include "formats/bytes/zero.h"

namespace kiln::formats {

/// A run of guest bytes on its way through the converter. Begins at a multiple of the batch size;
/// `bytes` spans a whole batch, zero beyond the end of the disk, so that encoders never see a short
/// block.
struct Batch {
    std::uint64_t offset = 0;
    std::span<const std::byte> bytes;
    ZeroMap zeros;

    /// Whether the block at `position` (relative to the batch) is all zero.
    bool is_zero(std::size_t position, std::size_t length) const {
        return zeros.covers(bytes, position, length);
    }
};

/// What an encoder made of one block: the bytes to store for it. Blocks of zeros have no piece.
struct Piece {
    std::uint64_t guest_offset = 0;
    /// Into the batch or into `EncodedBatch::storage`.
    std::span<const std::byte> bytes;
    bool compressed = false;
};

/// The pieces of one batch for one sink, in the order of their guest offsets.
struct EncodedBatch {
    std::vector<Piece> pieces;
    /// Reused from batch to batch: comes with whatever size and content the last one left.
    std::vector<std::byte> storage;
};

/// The parallel half of a sink: turns batches into pieces. Each worker thread has its own. Must be
/// a pure function of the batch, so that the output does not depend on the number of threads.
class Encoder {
  public:
    virtual ~Encoder() = default;
    /// `out.pieces` comes empty.
    virtual void encode(const Batch& batch, EncodedBatch& out) = 0;
};

/// A digest of a finished file beside its SHA-256.
struct FileDigest {
    DigestType type = DigestType::Sha256;
    std::string hex;
    friend bool operator==(const FileDigest&, const FileDigest&) = default;
};

/// A file inside a container (an OVA's descriptor and disks), or one of several that are the image.
struct OutputMember {
    std::string name;
    std::uint64_t size = 0;
    std::string sha256;
    std::vector<FileDigest> digests = {};  ///< those that were asked for, of a file of its own
};

/// What a sink wrote.
struct OutputResult {
    std::string path;
    std::string format;
    std::uint64_t file_size = 0;
    std::string sha256;  ///< of the whole file; empty when it was not asked for
    std::vector<OutputMember> members;
    std::vector<FileDigest> digests = {};  ///< of the whole file, those that were asked for
};

/// The ordered half: takes encoded batches in the order of the disk and lays them out in a file
/// under a temporary name. One object writes one image.
///
/// Threads: `make_encoder` from any number of threads after `begin`; all other members from one
/// thread at a time, though not always the same one.
/// Errors: kiln::Error that names the file; a full disk says so. After an error, destroying the
/// sink removes all it wrote.
class Sink {
  public:
    virtual ~Sink() = default;

    /// The unit in which this sink encodes: a power of two. Batches are multiples of it.
    virtual std::size_t block_size() const = 0;
    virtual std::unique_ptr<Encoder> make_encoder() const = 0;

    /// At least how many bytes the file will probably need for `data_bytes` of stored guest data,
    /// and where; the converter compares it with the free space before it starts. Nothing where the
    /// question makes no sense (a pipe).
    struct Space {
        std::string directory;
        std::uint64_t bytes = 0;
    };
    virtual std::optional<Space> space_needed(std::uint64_t virtual_size,
                                              std::uint64_t data_bytes) const = 0;

    /// Creates the file. Throws when the format cannot hold a disk of this size.
    virtual void begin(std::uint64_t virtual_size) = 0;
    /// Guest ranges that no batch covers read as zeros. `batch` stays valid and unchanged for as
    /// long as a copy of `keep_alive` exists.
    virtual void append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) = 0;
    /// Writes tables and trailers; the content is complete afterwards. Throws Cancelled (digests
    /// may take a while).
    virtual OutputResult finish(const CancelToken& cancel) = 0;
    /// After `finish`: brings the content to the disk, so that `commit` has a name to give and
    /// little else.
    virtual void sync() = 0;
    /// Gives the file its final name. With Sync::Yes, which wants `sync` before it, the name is on
    /// the disk afterwards too.
    virtual void commit(Sync sync) = 0;
};

}  // namespace kiln::formats
