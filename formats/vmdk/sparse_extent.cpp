#include "formats/vmdk/sparse_extent.h"

#include <cstring>

#include <fmt/format.h>

#include "formats/bytes/bytes.h"
#include "formats/bytes/zero.h"
#include "formats/core/damaged.h"

namespace kiln::formats {

Extent SparseExtent::next_extent(std::uint64_t offset, std::uint64_t limit) const {
    const std::uint64_t end = limit < geometry_.size - offset ? offset + limit : geometry_.size;
    const Run first = run_at(offset, end - offset, Merge::SameKind);
    std::uint64_t stop = offset + first.length;
    while (stop < end) {
        const Run next = run_at(stop, end - stop, Merge::SameKind);
        if (next.kind != first.kind) break;
        stop += next.length;
    }
    return {offset, std::min(stop, geometry_.size) - offset, first.kind};
}

void SparseExtent::read(std::uint64_t offset, std::span<std::byte> out) const {
    while (!out.empty()) {
        const Run run = run_at(offset, out.size(), Merge::SamePlace);
        const auto part = out.first(std::min<std::uint64_t>(out.size(), run.length));
        if (run.kind == Extent::Kind::Data) {
            read_run(offset, run, part);
        } else {
            std::memset(part.data(), 0, part.size());
        }
        offset += part.size();
        out = out.subspan(part.size());
    }
}

std::uint64_t SparseExtent::grains() const {
    return divide_up(geometry_.size, geometry_.grain_bytes);
}

std::uint64_t SparseExtent::tables() const {
    return divide_up(grains(), geometry_.table_entries);
}

void SparseExtent::read_run(std::uint64_t, const Run& run, std::span<std::byte> out) const {
    file_.read(run.position, out);
}

void SparseExtent::damaged(std::uint64_t grain, std::string_view reason) const {
    throw_damaged(file_.name(), fmt::format("in grain {}", grain), reason);
}

SparseExtent::Run SparseExtent::run_at(std::uint64_t offset, std::uint64_t limit,
                                       Merge merge) const {
    const std::uint64_t grain = geometry_.grain_bytes;
    const std::uint64_t span = grain * geometry_.table_entries;
    const std::uint64_t in_table = offset % span;
    const TableCache::Table entries = table(offset / span);
    if (!entries) return {Extent::Kind::Hole, 0, span - in_table, 0};

    std::uint64_t entry = in_table / grain;
    const std::uint64_t in_grain = in_table % grain;
    // Preallocated tables of empty disks: one look instead of hundreds. An entry of 0 is a hole in
    // every kind.
    if (entry == 0 && is_zero(*entries)) return {Extent::Kind::Hole, 0, span - in_table, 0};
    const Place first = place(*entries, entry);
    Run run{first.kind, first.position + (plain() ? in_grain : 0), grain - in_grain, 0};
    const bool places_matter = merge == Merge::SamePlace && first.kind == Extent::Kind::Data;
    while (++entry < geometry_.table_entries && run.length < limit) {
        const Place next = place(*entries, entry);
        if (next.kind != first.kind) break;
        if (places_matter && (!plain() || next.position != run.position + run.length)) break;
        run.length += grain;
    }
    if (places_matter && !plain() && entry < geometry_.table_entries) {
        run.next_position = place(*entries, entry).position;
    }
    return run;
}

}  // namespace kiln::formats
