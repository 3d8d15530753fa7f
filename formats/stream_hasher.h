#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>

#include "base/cancel.h"
#include "base/digest.h"

namespace kiln::formats {

/// SHA-256 of a stream in a thread of its own, so that hashing (1.7 GB/s) does not hold up the
/// writer. `update` and `finish` from one thread at a time. Destruction drops what is queued.
class StreamHasher {
  public:
    StreamHasher();
    ~StreamHasher();
    StreamHasher(const StreamHasher&) = delete;
    StreamHasher& operator=(const StreamHasher&) = delete;

    /// Queues bytes that stay valid as long as `keep_alive` lives. Waits while much is queued.
    void update(std::span<const std::byte> bytes, std::shared_ptr<const void> keep_alive);
    void update_copy(std::span<const std::byte> bytes);
    void update_zeros(std::uint64_t count);
    /// Waits for the queue to drain; the lower-case hexadecimal digest. Throws Cancelled.
    std::string finish(const CancelToken& cancel);

  private:
    struct Work {
        std::span<const std::byte> bytes;
        std::uint64_t zeros = 0;
        std::shared_ptr<const void> keep_alive;
    };
    void push(Work work);
    void run();

    Digester digester_{DigestType::Sha256};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Work> queue_;
    bool ending_ = false;
    bool ended_ = false;
    std::atomic<bool> dropping_ = false;
    std::exception_ptr error_;
    std::jthread thread_;
};

}  // namespace kiln::formats
