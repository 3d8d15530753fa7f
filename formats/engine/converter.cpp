#include "formats/engine/converter.h"

#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include <sys/statvfs.h>

#include "base/size.h"
#include "formats/engine/read_range.h"
#include "formats/engine/surveyed_source.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kBatch = 256 * 1024;
constexpr std::size_t kSlotsPerThread = 3;
constexpr std::chrono::milliseconds kProgressInterval{100};
constexpr std::chrono::milliseconds kCancelInterval{50};

// Buffers for one batch, used again and again.
struct Slot {
    std::vector<std::byte> buffer;
    Batch batch;
    std::vector<EncodedBatch> encoded;  // one per sink
};

// The free slots. A slot comes back when the last pointer to it goes, from whatever thread.
class SlotPool {
  public:
    SlotPool(std::size_t slots, std::size_t batch_size, std::size_t sinks);
    /// Waits for a free slot; nothing once the pool is closed. Throws Cancelled.
    std::shared_ptr<Slot> take(const CancelToken& cancel);
    void close();

  private:
    // Outlives the pool as long as a digest thread holds a slot.
    struct State {
        std::mutex mutex;
        std::condition_variable changed;
        std::vector<std::unique_ptr<Slot>> free;
        bool closed = false;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

class Conversion {
  public:
    Conversion(const Source& source, std::span<Sink* const> sinks, const ConvertOptions& options);
    ConvertResult run();

  private:
    struct Job {
        std::uint64_t number = 0;
        std::uint64_t offset = 0;
    };

    void check_space() const;
    void run_workers();
    void work() noexcept;
    std::optional<Job> next_job(Slot& slot);
    std::optional<Job> claim();
    void fill(Slot& slot, std::uint64_t offset) const;
    void encode(Slot& slot, std::vector<std::unique_ptr<Encoder>>& encoders) const;
    void deliver(std::uint64_t number, std::shared_ptr<Slot> slot);
    void append(const std::shared_ptr<Slot>& slot);
    void stop(std::exception_ptr error);
    void report(std::uint64_t done, bool finished);

    const Source& source_;
    const SurveyedSource surveyed_;
    const std::span<Sink* const> sinks_;
    const ConvertOptions& options_;
    const std::uint64_t size_;
    const unsigned threads_;
    std::size_t batch_size_;
    std::optional<SlotPool> pool_;

    // Claiming: the walk over the source's map.
    std::mutex claim_mutex_;
    std::uint64_t next_offset_ = 0;
    std::uint64_t next_number_ = 0;
    Extent extent_;

    // Delivering: the reorder ring, bounded by the pool.
    std::mutex deliver_mutex_;
    std::map<std::uint64_t, std::shared_ptr<Slot>> ready_;
    std::uint64_t next_to_append_ = 0;
    bool appending_ = false;
    std::exception_ptr error_;
    std::atomic<bool> stopping_ = false;

    std::chrono::steady_clock::time_point last_report_{};
    std::uint64_t appended_bytes_ = 0;
};

// Digests that read a file back, and syncs, wait for the disk: all sinks do so at the same time.
// Throws the first sink's error once all are done.
void for_each_at_once(std::span<Sink* const> sinks, const std::function<void(std::size_t)>& work);
unsigned thread_count(const ConvertOptions& options);

}  // namespace

ConvertResult convert(const Source& source, std::span<const std::unique_ptr<Sink>> sinks,
                      const ConvertOptions& options) {
    std::vector<Sink*> plain;
    for (const auto& sink : sinks) plain.push_back(sink.get());
    ConvertResult result = convert_uncommitted(source, plain, options);
    options.cancel.throw_if_cancelled();
    if (options.sync == Sync::Yes) {
        for_each_at_once(plain, [&](std::size_t i) { plain[i]->sync(); });
        options.cancel.throw_if_cancelled();
    }
    for (Sink* sink : plain) sink->commit(options.sync);
    return result;
}

ConvertResult convert_uncommitted(const Source& source, std::span<Sink* const> sinks,
                                  const ConvertOptions& options) {
    return Conversion(source, sinks, options).run();
}

namespace {

Conversion::Conversion(const Source& source, std::span<Sink* const> sinks,
                       const ConvertOptions& options)
    : source_(source),
      surveyed_(source, options.cancel),
      sinks_(sinks),
      options_(options),
      size_(source.virtual_size()),
      threads_(thread_count(options)),
      batch_size_(kBatch) {
    for (const Sink* sink : sinks_) batch_size_ = std::max(batch_size_, sink->block_size());
}

ConvertResult Conversion::run() {
    if (options_.check_space) check_space();
    for (Sink* sink : sinks_) sink->begin(size_);
    // Large batches (2 MiB clusters) get fewer slots, so that memory stays near 2 MiB per thread.
    const std::size_t slots =
        std::max<std::size_t>(threads_ + 1, kSlotsPerThread * threads_ * kBatch / batch_size_);
    pool_.emplace(slots, batch_size_, sinks_.size());
    run_workers();
    // A file that lost only a hole at its end shows it to nobody but who asks.
    if (size_ != 0) source_.next_extent(size_ - 1, 1);
    ConvertResult result{size_, surveyed_.data_bytes(), {}};
    result.outputs.resize(sinks_.size());
    for_each_at_once(
        sinks_, [&](std::size_t i) { result.outputs[i] = sinks_[i]->finish(options_.cancel); });
    report(surveyed_.data_bytes(), true);
    return result;
}

void Conversion::check_space() const {
    std::map<std::string, std::uint64_t> needs;
    for (const Sink* sink : sinks_) {
        if (const auto space = sink->space_needed(size_, surveyed_.data_bytes())) {
            needs[space->directory] += space->bytes;
        }
    }
    for (const auto& [directory, bytes] : needs) {
        struct statvfs status {};
        if (statvfs(directory.c_str(), &status) != 0) {
            throw system_error(fmt::format("cannot examine the directory {}", directory), errno);
        }
        const std::uint64_t free = std::uint64_t{status.f_bavail} * status.f_frsize;
        if (free >= bytes) continue;
        throw Error(fmt::format("not enough space in {}", directory))
            .because(fmt::format("about {} are needed and {} are free", format_size(bytes),
                                 format_size(free)))
            .with_hint(
                "Free some space, write elsewhere, or switch the check off where much of the "
                "source's data is zero.");
    }
}

void Conversion::run_workers() {
    {
        std::vector<std::jthread> workers;
        for (unsigned i = 1; i < threads_; ++i) workers.emplace_back([this] { work(); });
        work();
    }
    if (error_) std::rethrow_exception(error_);
}

void Conversion::work() noexcept try {
    std::vector<std::unique_ptr<Encoder>> encoders;
    for (const Sink* sink : sinks_) encoders.push_back(sink->make_encoder());
    while (!stopping_) {
        options_.cancel.throw_if_cancelled();
        // The slot first, then the number: whoever is next in order never waits for a slot.
        std::shared_ptr<Slot> slot = pool_->take(options_.cancel);
        if (!slot) return;
        const std::optional<Job> job = next_job(*slot);
        if (!job) return;
        encode(*slot, encoders);
        deliver(job->number, std::move(slot));
    }
} catch (...) {
    stop(std::current_exception());
}

// Takes the next batch and reads it. What cannot go back is read in the order of the disk.
std::optional<Conversion::Job> Conversion::next_job(Slot& slot) {
    std::unique_lock lock(claim_mutex_);
    if (stopping_) return std::nullopt;
    const std::optional<Job> job = claim();
    if (!job) return std::nullopt;
    if (!source_.sequential()) lock.unlock();
    try {
        fill(slot, job->offset);
    } catch (...) {
        stopping_ = true;  // before another worker reads on in a stream that is broken
        throw;
    }
    return job;
}

std::optional<Conversion::Job> Conversion::claim() {
    while (next_offset_ < size_) {
        if (extent_.end() <= next_offset_) {
            extent_ = surveyed_.next_extent(next_offset_, size_ - next_offset_);
        }
        if (extent_.kind == Extent::Kind::Data) {
            const std::uint64_t start = next_offset_ / batch_size_ * batch_size_;
            next_offset_ = std::min<std::uint64_t>(size_, start + batch_size_);
            return Job{next_number_++, start};
        }
        next_offset_ = extent_.end();
    }
    return std::nullopt;
}

void Conversion::fill(Slot& slot, std::uint64_t offset) const {
    read_range(surveyed_, offset, slot.buffer);
    slot.batch = Batch{offset, slot.buffer, ZeroMap(slot.buffer)};
}

void Conversion::encode(Slot& slot, std::vector<std::unique_ptr<Encoder>>& encoders) const {
    for (std::size_t i = 0; i < encoders.size(); ++i) {
        slot.encoded[i].pieces.clear();
        encoders[i]->encode(slot.batch, slot.encoded[i]);
    }
}

void Conversion::deliver(std::uint64_t number, std::shared_ptr<Slot> slot) {
    std::unique_lock lock(deliver_mutex_);
    ready_.emplace(number, std::move(slot));
    if (appending_) return;  // whoever appends will see it
    appending_ = true;
    while (!stopping_ && !ready_.empty() && ready_.begin()->first == next_to_append_) {
        std::shared_ptr<Slot> next = std::move(ready_.begin()->second);
        ready_.erase(ready_.begin());
        lock.unlock();
        append(next);
        next.reset();
        lock.lock();
        ++next_to_append_;
    }
    appending_ = false;
}

void Conversion::append(const std::shared_ptr<Slot>& slot) {
    for (std::size_t i = 0; i < sinks_.size(); ++i) sinks_[i]->append(slot->encoded[i], slot);
    appended_bytes_ += batch_size_;
    report(std::min(appended_bytes_, surveyed_.data_bytes()), false);
}

void Conversion::stop(std::exception_ptr error) {
    {
        const std::lock_guard lock(deliver_mutex_);
        if (!error_) error_ = std::move(error);
        stopping_ = true;
        ready_.clear();
    }
    pool_->close();
}

void Conversion::report(std::uint64_t done, bool finished) {
    if (!options_.progress) return;
    const auto now = std::chrono::steady_clock::now();
    if (!finished && now - last_report_ < kProgressInterval) return;
    last_report_ = now;
    ProgressEvent event;
    event.id = options_.progress_id;
    event.label = options_.progress_label;
    event.done = done;
    event.total = surveyed_.data_bytes();
    event.finished = finished;
    options_.progress(event);
}

SlotPool::SlotPool(std::size_t slots, std::size_t batch_size, std::size_t sinks) {
    for (std::size_t i = 0; i < slots; ++i) {
        auto slot = std::make_unique<Slot>();
        slot->buffer.resize(batch_size);
        slot->encoded.resize(sinks);
        state_->free.push_back(std::move(slot));
    }
}

std::shared_ptr<Slot> SlotPool::take(const CancelToken& cancel) {
    std::unique_lock lock(state_->mutex);
    // A digest of a long hole may hold all slots for minutes.
    while (!state_->changed.wait_for(lock, kCancelInterval,
                                     [this] { return state_->closed || !state_->free.empty(); })) {
        cancel.throw_if_cancelled();
    }
    if (state_->closed) return nullptr;
    std::unique_ptr<Slot> slot = std::move(state_->free.back());
    state_->free.pop_back();
    return {slot.release(), [state = state_](Slot* returned) {
                const std::lock_guard relock(state->mutex);
                state->free.emplace_back(returned);
                state->changed.notify_one();
            }};
}

void SlotPool::close() {
    const std::lock_guard lock(state_->mutex);
    state_->closed = true;
    state_->changed.notify_all();
}

void for_each_at_once(std::span<Sink* const> sinks, const std::function<void(std::size_t)>& work) {
    std::vector<std::exception_ptr> errors(sinks.size());
    const auto one = [&](std::size_t i) {
        try {
            work(i);
        } catch (...) {
            errors[i] = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < sinks.size(); ++i) others.emplace_back(one, i);
        if (!sinks.empty()) one(0);
    }
    for (const std::exception_ptr& error : errors) {
        if (error) std::rethrow_exception(error);
    }
}

unsigned thread_count(const ConvertOptions& options) {
    constexpr unsigned kMaxThreads = 256;
    if (options.threads != 0) return std::min(options.threads, kMaxThreads);
    return std::clamp(std::thread::hardware_concurrency(), 1U, kMaxThreads);
}

}  // namespace
}  // namespace kiln::formats
