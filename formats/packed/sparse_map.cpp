#include "formats/packed/sparse_map.h"

namespace kiln::formats {

namespace {
bool join(std::span<TarRun> runs, TarRun& run, std::uint64_t shortest_hole);
}

void SparseMap::add(TarRun run) {
    if (!join(runs_, run, shortest_hole_)) runs_.push_back(run);
    while (runs_.size() > limit_) thin_out();
}

void SparseMap::finish(std::uint64_t size) {
    const std::uint64_t end = runs_.empty() ? 0 : runs_.back().end();
    if (end != size) add({size, 0});
}

std::uint64_t SparseMap::stored() const {
    std::uint64_t sum = 0;
    for (const TarRun& run : runs_) sum += run.length;
    return sum;
}

void SparseMap::thin_out() {
    shortest_hole_ *= 2;
    std::size_t kept = 0;
    for (TarRun run : runs_) {
        if (!join(std::span(runs_).first(kept), run, shortest_hole_)) runs_[kept++] = run;
    }
    runs_.resize(kept);
}

namespace {

// Makes `run` a part of the last one if what lies between is no hole. Before the first one stands
// the file's beginning.
bool join(std::span<TarRun> runs, TarRun& run, std::uint64_t shortest_hole) {
    const std::uint64_t end = runs.empty() ? 0 : runs.back().end();
    if (run.offset - end >= shortest_hole) return false;
    if (runs.empty()) {
        run = {0, run.end()};
        return false;
    }
    runs.back().length = run.end() - runs.back().offset;
    return true;
}

}  // namespace
}  // namespace kiln::formats
