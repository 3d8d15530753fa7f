#include "formats/volume/range_set.h"

#include <algorithm>

#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {

constexpr unsigned kLengthBits = 24;
constexpr std::uint64_t kLongest = (std::uint64_t{1} << kLengthBits) - 1;
constexpr std::uint64_t kEndOfSpace = std::uint64_t{1} << 40;

std::uint64_t start_of(std::uint64_t packed) {
    return packed >> kLengthBits;
}

std::uint64_t length_of(std::uint64_t packed) {
    return packed & kLongest;
}

std::uint64_t pack(std::uint64_t start, std::uint64_t length) {
    return start << kLengthBits | length;
}

}  // namespace

void RangeSet::add(std::uint64_t offset, std::uint64_t length) {
    const std::uint64_t end = std::min((offset + length) / kSector, kEndOfSpace);
    std::uint64_t start = divide_up(offset, kSector);
    if (start >= end || end - start < minimum_) return;
    // Files are read in order, so that most neighbours come one after the other.
    if (packed_.size() > committed_) {
        const std::uint64_t last = packed_.back();
        if (start_of(last) + length_of(last) == start &&
            length_of(last) + end - start <= kLongest) {
            packed_.back() = pack(start_of(last), length_of(last) + end - start);
            return;
        }
    }
    while (start < end) {
        const std::uint64_t part = std::min(end - start, kLongest);
        if (packed_.size() == capacity_) make_room();
        if (part < minimum_ || packed_.size() == capacity_) return;
        packed_.push_back(pack(start, part));
        start += part;
    }
}

void RangeSet::commit() {
    committed_ = packed_.size();
}

void RangeSet::roll_back() {
    packed_.resize(committed_);
}

void RangeSet::make_room() {
    // Until a quarter is free, so that this is rare.
    while (packed_.size() > capacity_ / 4 * 3 && minimum_ <= kLongest) {
        minimum_ += std::max<std::uint64_t>(minimum_ / 4, 8);
        const auto is_short = [&](std::uint64_t range) { return length_of(range) < minimum_; };
        const auto first_new = packed_.begin() + static_cast<std::ptrdiff_t>(committed_);
        committed_ -= static_cast<std::size_t>(std::count_if(packed_.begin(), first_new, is_short));
        std::erase_if(packed_, is_short);
    }
}

void RangeSet::finish() {
    std::sort(packed_.begin(), packed_.end());
    std::size_t kept = 0;
    for (const std::uint64_t range : packed_) {
        if (kept != 0) {
            const std::uint64_t last = packed_[kept - 1];
            const std::uint64_t end = start_of(last) + length_of(last);
            const std::uint64_t range_end = start_of(range) + length_of(range);
            if (start_of(range) <= end && range_end - start_of(last) <= kLongest) {
                packed_[kept - 1] = pack(start_of(last), std::max(end, range_end) - start_of(last));
                continue;
            }
        }
        packed_[kept++] = range;
    }
    packed_.resize(kept);
    packed_.shrink_to_fit();
    committed_ = kept;
}

std::optional<RangeSet::Range> RangeSet::next(std::uint64_t offset) const {
    const std::uint64_t sector = offset / kSector;
    // The first that begins behind the sector; the one before it may still reach over it.
    auto found = std::upper_bound(packed_.begin(), packed_.end(), pack(sector, kLongest));
    if (found != packed_.begin()) {
        const std::uint64_t before = *std::prev(found);
        if (start_of(before) + length_of(before) > sector) --found;
    }
    if (found == packed_.end()) return std::nullopt;
    return Range{start_of(*found) * kSector, length_of(*found) * kSector};
}

std::uint64_t RangeSet::total() const {
    std::uint64_t sectors = 0;
    for (const std::uint64_t range : packed_) sectors += length_of(range);
    return sectors * kSector;
}

}  // namespace kiln::formats
