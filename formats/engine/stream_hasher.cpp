#include "formats/engine/stream_hasher.h"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace kiln::formats {

namespace {
constexpr std::size_t kMaxQueued = 1024;
constexpr std::array<std::byte, 65536> kZeros{};
constexpr std::chrono::milliseconds kCancelInterval{50};
}  // namespace

// One digest with its queue and its thread.
class StreamHasher::Lane {
  public:
    struct Work {
        std::span<const std::byte> bytes;
        std::uint64_t zeros = 0;
        std::shared_ptr<const void> keep_alive;
    };

    explicit Lane(DigestType type) : type_(type), digester_(type), thread_([this] { run(); }) {}
    ~Lane();

    DigestType type() const { return type_; }
    void push(Work work);
    void end();
    std::string finish(const CancelToken& cancel);

  private:
    void run();
    void hash(const Work& work);

    DigestType type_;
    Digester digester_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Work> queue_;
    bool ending_ = false;
    bool ended_ = false;
    std::atomic<bool> dropping_ = false;
    std::exception_ptr error_;
    std::jthread thread_;
};

StreamHasher::StreamHasher(std::span<const DigestType> further) {
    lanes_.push_back(std::make_unique<Lane>(DigestType::Sha256));
    for (const DigestType type : further) lanes_.push_back(std::make_unique<Lane>(type));
}

StreamHasher::~StreamHasher() = default;

void StreamHasher::update(std::span<const std::byte> bytes,
                          const std::shared_ptr<const void>& keep_alive) {
    for (const auto& lane : lanes_) lane->push({bytes, 0, keep_alive});
}

void StreamHasher::update_copy(std::span<const std::byte> bytes) {
    auto copy = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
    update(*copy, copy);
}

void StreamHasher::update_zeros(std::uint64_t count) {
    if (count == 0) return;
    for (const auto& lane : lanes_) lane->push({{}, count, nullptr});
}

std::string StreamHasher::finish(const CancelToken& cancel) {
    for (const auto& lane : lanes_) lane->end();
    const std::string sha256 = lanes_.front()->finish(cancel);
    for (const auto& lane : std::span(lanes_).subspan(1)) {
        further_.push_back({lane->type(), lane->finish(cancel)});
    }
    return sha256;
}

StreamHasher::Lane::~Lane() {
    dropping_ = true;
    end();
}

void StreamHasher::Lane::push(Work work) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return queue_.size() < kMaxQueued || error_; });
    if (error_) std::rethrow_exception(error_);
    queue_.push_back(std::move(work));
    if (queue_.size() == 1) changed_.notify_all();
}

void StreamHasher::Lane::end() {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
}

std::string StreamHasher::Lane::finish(const CancelToken& cancel) {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, kCancelInterval, [this] { return ended_; })) {
        cancel.throw_if_cancelled();
    }
    if (error_) std::rethrow_exception(error_);
    return digester_.finish_hex();
}

void StreamHasher::Lane::run() try {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
        if (dropping_ || queue_.empty()) break;
        Work work = std::move(queue_.front());
        queue_.pop_front();
        if (queue_.size() == kMaxQueued - 1) changed_.notify_all();
        lock.unlock();
        hash(work);
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

void StreamHasher::Lane::hash(const Work& work) {
    digester_.update(work.bytes);
    for (std::uint64_t left = work.zeros; left != 0 && !dropping_;) {
        const auto count = std::min<std::uint64_t>(left, kZeros.size());
        digester_.update(std::span(kZeros).first(count));
        left -= count;
    }
}

}  // namespace kiln::formats
