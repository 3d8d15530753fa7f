#include <exception>
#include <mutex>
#include <thread>

#include "formats/inspect.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kChunk = 512 * 1024;

// Workers take chunks in order; the first difference is the least that any of them found.
class Comparison {
  public:
    Comparison(const Source& a, const Source& b, const ConvertOptions& options)
        : a_(a), b_(b), options_(options), size_(std::max(a.virtual_size(), b.virtual_size())) {}
    CompareResult run();

  private:
    struct Buffers {
        std::vector<std::byte> a = std::vector<std::byte>(kChunk);
        std::vector<std::byte> b = std::vector<std::byte>(kChunk);
    };
    void work() noexcept;
    std::uint64_t claim();
    void compare_chunk(std::uint64_t offset, Buffers& buffers);
    void found(std::uint64_t offset);

    const Source& a_;
    const Source& b_;
    const ConvertOptions& options_;
    const std::uint64_t size_;
    std::mutex mutex_;
    std::uint64_t next_ = 0;
    std::atomic<bool> stopping_ = false;
    std::optional<std::uint64_t> difference_;
    std::exception_ptr error_;
};

struct Part {
    std::uint64_t length = 0;
    bool data = false;
};

Part part_at(const Source& source, std::uint64_t offset, std::uint64_t limit);
void read_padded(const Source& source, std::uint64_t offset, std::span<std::byte> out);

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
    Buffers buffers;
    while (!stopping_) {
        options_.cancel.throw_if_cancelled();
        // A sparse disk of terabytes has many chunks; whole extents without data are one step.
        const std::uint64_t offset = claim();
        if (offset >= size_) return;
        compare_chunk(offset, buffers);
    }
} catch (...) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
    stopping_ = true;
}

// The next chunk in which either disk has data.
std::uint64_t Comparison::claim() {
    const std::lock_guard lock(mutex_);
    while (next_ < size_) {
        const Part a = part_at(a_, next_, size_ - next_);
        const Part b = part_at(b_, next_, size_ - next_);
        if (a.data || b.data) break;
        next_ += std::min(a.length, b.length);
    }
    const std::uint64_t offset = std::min(next_, size_);
    next_ = std::min(size_, (offset / kChunk + 1) * kChunk);
    return offset;
}

void Comparison::compare_chunk(std::uint64_t offset, Buffers& buffers) {
    const std::uint64_t end = std::min(size_, (offset / kChunk + 1) * kChunk);
    while (offset < end) {
        const Part a = part_at(a_, offset, end - offset);
        const Part b = part_at(b_, offset, end - offset);
        const std::uint64_t length = std::min(a.length, b.length);
        if (a.data || b.data) {
            const auto left = std::span(buffers.a).first(length);
            const auto right = std::span(buffers.b).first(length);
            read_padded(a_, offset, left);
            read_padded(b_, offset, right);
            if (std::memcmp(left.data(), right.data(), length) != 0) {
                const auto at = std::mismatch(left.begin(), left.end(), right.begin()).first;
                found(offset + static_cast<std::uint64_t>(at - left.begin()));
                return;
            }
        }
        offset += length;
    }
}

void Comparison::found(std::uint64_t offset) {
    const std::lock_guard lock(mutex_);
    difference_ = std::min(difference_.value_or(offset), offset);
    stopping_ = true;
}

// Beyond its end a disk counts as zeros.
Part part_at(const Source& source, std::uint64_t offset, std::uint64_t limit) {
    if (offset >= source.virtual_size()) return {limit, false};
    const Extent extent =
        source.next_extent(offset, std::min(limit, source.virtual_size() - offset));
    return {std::min(extent.length, limit), extent.kind == Extent::Kind::Data};
}

void read_padded(const Source& source, std::uint64_t offset, std::span<std::byte> out) {
    const std::uint64_t size = source.virtual_size();
    const std::uint64_t stored =
        offset < size ? std::min<std::uint64_t>(out.size(), size - offset) : 0;
    if (stored != 0) source.read(offset, out.first(stored));
    std::memset(out.data() + stored, 0, out.size() - stored);
}

}  // namespace
}  // namespace kiln::formats
