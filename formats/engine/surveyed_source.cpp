#include "formats/engine/surveyed_source.h"

#include <algorithm>

namespace kiln::formats {

namespace {
constexpr std::size_t kMaxRuns = 65536;
}

SurveyedSource::SurveyedSource(const Source& source, const CancelToken& cancel) : source_(source) {
    const std::uint64_t size = source.virtual_size();
    for (std::uint64_t offset = 0; offset < size;) {
        cancel.throw_if_cancelled();
        const Extent extent = source.next_extent(offset, size - offset);
        if (extent.kind == Extent::Kind::Data) {
            data_bytes_ += extent.length;
            remember(extent);
        }
        offset = extent.end();
        if (runs_.size() < kMaxRuns) known_end_ = offset;
    }
}

void SurveyedSource::remember(const Extent& data) {
    if (runs_.size() == kMaxRuns) return;
    if (!runs_.empty() && runs_.back().end == data.offset) {
        runs_.back().end = data.end();
    } else {
        runs_.push_back({data.offset, data.end()});
    }
}

Extent SurveyedSource::next_extent(std::uint64_t offset, std::uint64_t limit) const {
    if (offset >= known_end_) return source_.next_extent(offset, limit);
    const auto next =
        std::upper_bound(runs_.begin(), runs_.end(), offset,
                         [](std::uint64_t place, const Run& run) { return place < run.offset; });
    if (next != runs_.begin() && offset < std::prev(next)->end) {
        return {offset, std::prev(next)->end - offset, Extent::Kind::Data};
    }
    const std::uint64_t end = next != runs_.end() ? std::min(next->offset, known_end_) : known_end_;
    return {offset, end - offset, Extent::Kind::Hole};
}

}  // namespace kiln::formats
