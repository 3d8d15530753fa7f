#include "formats/stream_hasher.h"

#include <array>
#include <chrono>
#include <vector>

namespace kiln::formats {

namespace {
constexpr std::size_t kMaxQueued = 1024;
constexpr std::array<std::byte, 65536> kZeros{};
constexpr std::chrono::milliseconds kCancelInterval{50};
}  // namespace

StreamHasher::StreamHasher() : thread_([this] { run(); }) {}

StreamHasher::~StreamHasher() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = dropping_ = true;
    }
    changed_.notify_all();
}

void StreamHasher::update(std::span<const std::byte> bytes,
                          std::shared_ptr<const void> keep_alive) {
    push({bytes, 0, std::move(keep_alive)});
}

void StreamHasher::update_copy(std::span<const std::byte> bytes) {
    auto copy = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
    push({*copy, 0, copy});
}

void StreamHasher::update_zeros(std::uint64_t count) {
    if (count != 0) push({{}, count, nullptr});
}

std::string StreamHasher::finish(const CancelToken& cancel) {
    std::unique_lock lock(mutex_);
    ending_ = true;
    changed_.notify_all();
    while (!changed_.wait_for(lock, kCancelInterval, [this] { return ended_; })) {
        cancel.throw_if_cancelled();
    }
    if (error_) std::rethrow_exception(error_);
    return digester_.finish_hex();
}

void StreamHasher::push(Work work) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return queue_.size() < kMaxQueued || error_; });
    if (error_) std::rethrow_exception(error_);
    queue_.push_back(std::move(work));
    if (queue_.size() == 1) changed_.notify_all();
}

void StreamHasher::run() try {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
        if (dropping_ || queue_.empty()) break;
        Work work = std::move(queue_.front());
        queue_.pop_front();
        if (queue_.size() == kMaxQueued - 1) changed_.notify_all();
        lock.unlock();
        digester_.update(work.bytes);
        while (work.zeros != 0 && !dropping_) {
            const auto count = std::min<std::uint64_t>(work.zeros, kZeros.size());
            digester_.update(std::span(kZeros).first(count));
            work.zeros -= count;
        }
        work = {};  // the buffer goes back before the lock is taken
        lock.lock();
    }
    ended_ = true;
    changed_.notify_all();
} catch (...) {
    const std::lock_guard lock(mutex_);
    error_ = std::current_exception();
    ended_ = true;
    queue_.clear();
    changed_.notify_all();
}

}  // namespace kiln::formats
