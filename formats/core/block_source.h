#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include "formats/core/damaged.h"
#include "formats/core/parent.h"
#include "formats/file/file_window.h"
#include "formats/source.h"

namespace kiln::formats {

/// A disk whose blocks lie plainly in one file, where a table says: VHD, VHDX and VDI. A format
/// tells what stands at an offset; this makes extents and reads of it. Neighbouring blocks of one
/// kind are one extent. What the file stores is told as data only where the file itself has no
/// hole.
///
/// `File` is an InputFile, or reads like one. `Tables`, made from a File for each call, is what
/// `map` reads the format's tables with.
template <typename File, typename Tables>
class BlockSource : public Source {
  public:
    std::uint64_t virtual_size() const override { return size_; }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override;
    void read(std::uint64_t offset, std::span<std::byte> out) const override;

  protected:
    /// `parent` may be null: what is absent then reads as zeros.
    BlockSource(std::uint64_t size, std::unique_ptr<Source> parent)
        : size_(size), parent_(std::move(parent)) {}

    /// What the tables say of an offset, and for how many bytes from there (at least one).
    struct Mapping {
        enum class Kind { Absent, Zero, Stored } kind = Kind::Absent;
        std::uint64_t length = 0;
        std::uint64_t host = 0;  ///< of Stored: where the byte at the offset lies
    };
    /// Stored ranges are within the file; throws Error otherwise.
    virtual Mapping map(std::uint64_t offset, Tables& tables) const = 0;
    virtual const File& file() const = 0;

    [[noreturn]] void damaged(std::uint64_t offset, std::string_view reason) const;

  private:
    Extent stored_extent(std::uint64_t offset, std::uint64_t end, Tables& tables) const;

    std::uint64_t size_;
    std::unique_ptr<Source> parent_;
};

/// Tables of small entries in the file itself.
struct EntryTables {
    explicit EntryTables(const InputFile& file) : entries(file), bitmap(file) {}
    FileWindow entries;
    FileWindow bitmap;
};

template <typename File, typename Tables>
Extent BlockSource<File, Tables>::next_extent(std::uint64_t offset, std::uint64_t limit) const {
    const std::uint64_t end = limit < size_ - offset ? offset + limit : size_;
    Tables tables(file());
    const Mapping first = map(offset, tables);
    if (first.kind == Mapping::Kind::Stored) return stored_extent(offset, end, tables);
    std::uint64_t stop = offset + first.length;
    while (stop < end) {
        const Mapping next = map(stop, tables);
        if (next.kind != first.kind) break;
        stop += next.length;
    }
    if (first.kind == Mapping::Kind::Zero) return {offset, stop - offset, Extent::Kind::Zero};
    if (parent_) return parent_extent(*parent_, offset, stop - offset);
    return {offset, stop - offset, Extent::Kind::Hole};
}

template <typename File, typename Tables>
void BlockSource<File, Tables>::read(std::uint64_t offset, std::span<std::byte> out) const {
    Tables tables(file());
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
                file().read(mapping.host, out.first(length));
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
template <typename File, typename Tables>
Extent BlockSource<File, Tables>::stored_extent(std::uint64_t offset, std::uint64_t end,
                                                Tables& tables) const {
    std::uint64_t stop = offset;
    FileStretch stretch;
    bool data = true;
    while (stop < end) {
        const Mapping mapping = map(stop, tables);
        if (mapping.kind != Mapping::Kind::Stored) break;
        // Neighbours in a hole of terabytes are asked for once.
        if (!stretch.holds(mapping.host)) stretch = file().stretch(mapping.host, mapping.length);
        if (stop == offset) data = stretch.data;
        if (stretch.data != data) break;
        const std::uint64_t length = std::min(mapping.length, stretch.end - mapping.host);
        stop += length;
        if (length != mapping.length) break;
    }
    return {offset, stop - offset, data ? Extent::Kind::Data : Extent::Kind::Zero};
}

template <typename File, typename Tables>
void BlockSource<File, Tables>::damaged(std::uint64_t offset, std::string_view reason) const {
    throw_damaged(file().name(), fmt::format("at guest offset {}", offset), reason);
}

}  // namespace kiln::formats
