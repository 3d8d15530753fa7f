#include <exception>
#include <mutex>
#include <thread>

#include "formats/engine/read_range.h"
#include "formats/inspect.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kChunk = 512 * 1024;

// A disk's map, walked forwards. Beyond its end a disk counts as a hole.
class MapWalk {
  public:
    explicit MapWalk(const Source& source) : source_(source) {}
    const Extent& at(std::uint64_t offset, std::uint64_t end);

  private:
    const Source& source_;
    Extent extent_;
};

// Workers take chunks in order; the first difference is the least that any of them found.
class Comparison {
  public:
    Comparison(const Source& a, const Source& b, const ConvertOptions& options)
        : a_(a), b_(b), options_(options), size_(std::max(a.virtual_size(), b.virtual_size())) {}
    CompareResult run();

  private:
    struct Chunk {
        std::uint64_t offset = 0;
        std::vector<std::byte> a = std::vector<std::byte>(kChunk);
        std::vector<std::byte> b = std::vector<std::byte>(kChunk);
    };
    void work() noexcept;
    bool next_chunk(Chunk& chunk);
    std::optional<std::uint64_t> claim();
    void found(std::uint64_t offset);

    const Source& a_;
    const Source& b_;
    const ConvertOptions& options_;
    const std::uint64_t size_;
    std::mutex mutex_;
    MapWalk map_a_{a_};
    MapWalk map_b_{b_};
    std::uint64_t next_ = 0;
    std::atomic<bool> stopping_ = false;
    std::optional<std::uint64_t> difference_;
    std::exception_ptr error_;
};

}  // namespace

CompareResult compare_images(const Source& a, const Source& b, const ConvertOptions& work) {
    return Comparison(a, b, work).run();
}

namespace {

CompareResult Comparison::run() {
    {
        const unsigned threads = options_.threads != 0
                                     ? std::min(options_.threads, 256U)
                                     : std::max(1U, std::thread::hardware_concurrency());
        std::vector<std::jthread> workers;
        for (unsigned i = 1; i < threads; ++i) workers.emplace_back([this] { work(); });
        work();
    }
    if (error_) std::rethrow_exception(error_);
    CompareResult result;
    result.same_size = a_.virtual_size() == b_.virtual_size();
    result.identical = !difference_;
    result.first_difference = difference_.value_or(0);
    return result;
}

void Comparison::work() noexcept try {
    Chunk chunk;
    while (next_chunk(chunk)) {
        options_.cancel.throw_if_cancelled();
        if (std::memcmp(chunk.a.data(), chunk.b.data(), kChunk) == 0) continue;
        const auto difference = std::ranges::mismatch(chunk.a, chunk.b).in1;
        found(chunk.offset + static_cast<std::uint64_t>(difference - chunk.a.begin()));
    }
} catch (...) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
    stopping_ = true;
}

// Reads the next chunk of both disks. Where one of them cannot go back, workers read in turn and in
// the order of the disk; so two streams go in step.
bool Comparison::next_chunk(Chunk& chunk) {
    std::unique_lock lock(mutex_);
    const std::optional<std::uint64_t> offset = stopping_ ? std::nullopt : claim();
    if (!offset) return false;
    if (!a_.sequential() && !b_.sequential()) lock.unlock();
    chunk.offset = *offset;
    try {
        read_range(a_, *offset, chunk.a);
        read_range(b_, *offset, chunk.b);
    } catch (...) {
        stopping_ = true;  // before another worker reads on in a stream that is broken
        throw;
    }
    return true;
}

// The next chunk in which either disk has data. Whole extents without data are one step: a sparse
// disk of terabytes has many chunks.
std::optional<std::uint64_t> Comparison::claim() {
    while (next_ < size_) {
        const Extent& a = map_a_.at(next_, size_);
        const Extent& b = map_b_.at(next_, size_);
        if (a.kind == Extent::Kind::Data || b.kind == Extent::Kind::Data) {
            const std::uint64_t offset = next_ / kChunk * kChunk;
            next_ = std::min(size_, offset + kChunk);
            return offset;
        }
        next_ = std::min(a.end(), b.end());
    }
    return std::nullopt;
}

void Comparison::found(std::uint64_t offset) {
    const std::lock_guard lock(mutex_);
    difference_ = std::min(difference_.value_or(offset), offset);
    stopping_ = true;
}

const Extent& MapWalk::at(std::uint64_t offset, std::uint64_t end) {
    const std::uint64_t size = source_.virtual_size();
    if (offset >= size) {
        extent_ = {offset, end - offset, Extent::Kind::Hole};
    } else if (offset < extent_.offset || offset >= extent_.end()) {
        extent_ = source_.next_extent(offset, size - offset);
    }
    return extent_;
}

}  // namespace
}  // namespace kiln::formats
