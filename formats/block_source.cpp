#include "formats/block_source.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "formats/parent.h"

namespace kiln::formats {

using Kind = Extent::Kind;

Extent BlockSource::next_extent(std::uint64_t offset, std::uint64_t limit) const {
    const std::uint64_t end = limit < size_ - offset ? offset + limit : size_;
    Tables tables(file_);
    const Mapping first = map(offset, tables);
    if (first.kind == Mapping::Kind::Stored) return stored_extent(offset, end, tables);
    std::uint64_t stop = offset + first.length;
    while (stop < end) {
        const Mapping next = map(stop, tables);
        if (next.kind != first.kind) break;
        stop += next.length;
    }
    if (first.kind == Mapping::Kind::Zero) return {offset, stop - offset, Kind::Zero};
    if (parent_) return parent_extent(*parent_, offset, stop - offset);
    return {offset, stop - offset, Kind::Hole};
}

void BlockSource::read(std::uint64_t offset, std::span<std::byte> out) const {
    Tables tables(file_);
    while (!out.empty()) {
        const Mapping mapping = map(offset, tables);
        std::uint64_t length = std::min<std::uint64_t>(mapping.length, out.size());
        switch (mapping.kind) {
            case Mapping::Kind::Stored:
                // Blocks that follow each other in the file are read in one call.
                while (length < out.size()) {
                    const Mapping next = map(offset + length, tables);
                    if (next.kind != mapping.kind || next.host != mapping.host + length) break;
                    length = std::min<std::uint64_t>(length + next.length, out.size());
                }
                file_.read(mapping.host, out.first(length));
                break;
            case Mapping::Kind::Zero:
                std::memset(out.data(), 0, length);
                break;
            case Mapping::Kind::Absent:
                read_parent(parent_.get(), offset, out.first(length));
                break;
        }
        offset += length;
        out = out.subspan(length);
    }
}

// Walks on as long as blocks are stored and the file has data in them, or has not.
Extent BlockSource::stored_extent(std::uint64_t offset, std::uint64_t end, Tables& tables) const {
    std::uint64_t stop = offset;
    FileStretch stretch;
    bool data = true;
    while (stop < end) {
        const Mapping mapping = map(stop, tables);
        if (mapping.kind != Mapping::Kind::Stored) break;
        // Neighbours in a hole of terabytes are asked for once.
        if (!stretch.holds(mapping.host)) stretch = stretch_at(mapping.host, mapping.length);
        if (stop == offset) data = stretch.data;
        if (stretch.data != data) break;
        const std::uint64_t length = std::min(mapping.length, stretch.end - mapping.host);
        stop += length;
        if (length != mapping.length) break;
    }
    return {offset, stop - offset, data ? Kind::Data : Kind::Zero};
}

BlockSource::FileStretch BlockSource::stretch_at(std::uint64_t host, std::uint64_t length) const {
    const std::uint64_t next_data = file_.next_data(host);
    const bool data = next_data <= host;
    const std::uint64_t end = data ? file_.next_hole(host) : next_data;
    // A hole punched between the two calls would give nothing; then it is data to read.
    return {host, end > host ? end : host + length, data};
}

void BlockSource::damaged(std::uint64_t offset, std::string_view reason) const {
    throw Error(fmt::format("{} is damaged at guest offset {}", file_.name(), offset))
        .because(reason)
        .with_hint("Run `kiln image check` on it for a list of what is wrong.");
}

}  // namespace kiln::formats
