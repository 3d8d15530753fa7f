#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/digest.h"
#include "formats/sink.h"

namespace kiln::formats {

/// SHA-256 of a stream, and further digests on request, each in a thread of its own: hashing
/// (1.7 GB/s) does not hold up the writer, and several digests cost no more time than the slowest.
/// `update` and `finish` from one thread at a time. Destruction drops what is queued.
class StreamHasher {
  public:
    explicit StreamHasher(std::span<const DigestType> further = {});
    ~StreamHasher();
    StreamHasher(const StreamHasher&) = delete;
    StreamHasher& operator=(const StreamHasher&) = delete;

    /// Queues bytes that stay valid as long as `keep_alive` lives. Waits while much is queued.
    void update(std::span<const std::byte> bytes, const std::shared_ptr<const void>& keep_alive);
    void update_copy(std::span<const std::byte> bytes);
    void update_zeros(std::uint64_t count);
    /// Waits for the queues to drain; the lower-case hexadecimal SHA-256. Throws Cancelled.
    std::string finish(const CancelToken& cancel);
    /// After `finish`: the further digests, in the order in which they were asked for.
    const std::vector<FileDigest>& further() const { return further_; }

  private:
    class Lane;
    std::vector<std::unique_ptr<Lane>> lanes_;  // SHA-256, then the further ones
    std::vector<FileDigest> further_;
};

}  // namespace kiln::formats
