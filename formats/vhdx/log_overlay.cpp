#include "formats/vhdx/log_overlay.h"

#include <algorithm>
#include <cstring>

namespace kiln::formats::vhdx {

bool LogOverlay::put(std::uint64_t offset, std::span<const std::byte, kPage> page) {
    std::unique_ptr<Page>& place = pages_[offset];
    if (!place) {
        if (pages_.size() > max_pages_) return false;
        place = std::make_unique<Page>();
    }
    std::ranges::copy(page, place->begin());
    return true;
}

bool LogOverlay::put_zeros(std::uint64_t offset, std::uint64_t length) {
    if (length == 0) return true;
    std::uint64_t start = offset;
    std::uint64_t end = offset + length;
    pages_.erase(pages_.lower_bound(start), pages_.lower_bound(end));
    // Takes in the ranges that it touches.
    auto next = zeros_.upper_bound(start);
    if (next != zeros_.begin() && std::prev(next)->second >= start) --next;
    while (next != zeros_.end() && next->first <= end) {
        start = std::min(start, next->first);
        end = std::max(end, next->second);
        next = zeros_.erase(next);
    }
    zeros_.emplace(start, end);
    return zeros_.size() <= kMaxZeroRanges;
}

bool LogOverlay::touches(std::uint64_t offset, std::uint64_t length) const {
    if (empty()) return false;
    const std::uint64_t end = offset + length;
    const auto page = pages_.lower_bound(offset / kPage * kPage);
    if (page != pages_.end() && page->first < end) return true;
    const auto range = zeros_.lower_bound(end);
    return range != zeros_.begin() && std::prev(range)->second > offset;
}

void LogOverlay::apply(std::uint64_t offset, std::span<std::byte> bytes) const {
    if (!touches(offset, bytes.size())) return;
    const std::uint64_t end = offset + bytes.size();
    auto range = zeros_.upper_bound(offset);
    if (range != zeros_.begin()) --range;
    for (; range != zeros_.end() && range->first < end; ++range) {
        const std::uint64_t from = std::max(offset, range->first);
        const std::uint64_t to = std::min(end, range->second);
        if (from < to) std::memset(bytes.data() + (from - offset), 0, to - from);
    }
    auto page = pages_.lower_bound(offset / kPage * kPage);
    for (; page != pages_.end() && page->first < end; ++page) {
        const std::uint64_t from = std::max(offset, page->first);
        const std::uint64_t to = std::min(end, page->first + kPage);
        std::memcpy(bytes.data() + (from - offset), page->second->data() + (from - page->first),
                    to - from);
    }
}

}  // namespace kiln::formats::vhdx
