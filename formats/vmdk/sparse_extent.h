#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "formats/file/input_file.h"
#include "formats/file/table_cache.h"
#include "formats/source.h"

namespace kiln::formats {

/// What the three sparse kinds of a VMDK have in common: a directory names tables, a table names
/// where each grain of the disk lies in the file. Grains that no table names are holes, so that a
/// parent disk can show through; grains that are recorded as zeros are not.
///
/// Directories and tables are read through caches: memory does not grow with the disk.
class SparseExtent : public Source {
  public:
    struct Geometry {
        std::uint64_t size = 0;           ///< of the guest's bytes in this extent
        std::uint64_t grain_bytes = 0;    ///< at most 2 MiB
        std::uint64_t table_entries = 0;  ///< at most 4096
        std::uint64_t table_bytes = 0;
    };
    /// Where a grain lies; `position` is that of its bytes in the file, where it has some.
    struct Place {
        Extent::Kind kind = Extent::Kind::Hole;
        std::uint64_t position = 0;
    };

    std::uint64_t virtual_size() const final { return geometry_.size; }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const final;
    void read(std::uint64_t offset, std::span<std::byte> out) const final;

    const InputFile& file() const { return file_; }
    const Geometry& geometry() const { return geometry_; }
    std::uint64_t grains() const;
    std::uint64_t tables() const;
    /// The table with this number; null when the directory names none. Throws Error when it does
    /// not lie within the file.
    virtual TableCache::Table table(std::uint64_t index) const = 0;
    /// Where the table with this number begins in the file; 0 when there is none.
    virtual std::uint64_t table_position(std::uint64_t index) const = 0;
    /// Throws Error when the entry has no meaning.
    virtual Place place(const std::vector<std::byte>& table, std::uint64_t entry) const = 0;
    /// The first byte of the file that a grain may have.
    virtual std::uint64_t least_grain_position() const = 0;
    /// Whether a grain's bytes lie in the file as the guest sees them.
    virtual bool plain() const { return true; }

  protected:
    explicit SparseExtent(InputFile file) : file_(std::move(file)) {}
    void set_geometry(const Geometry& geometry) { geometry_ = geometry; }

    /// Grains of one kind that follow each other; those with bytes also in the file.
    struct Run {
        Extent::Kind kind = Extent::Kind::Hole;
        std::uint64_t position = 0;  ///< in the file
        std::uint64_t length = 0;
        /// Where the grain behind the run lies, if it has bytes; else 0.
        std::uint64_t next_position = 0;
    };
    /// Fills `out`, which lies within `run`. Where grains are not plain, a run is one grain and its
    /// position that of the grain's beginning, wherever in it the run begins.
    virtual void read_run(std::uint64_t offset, const Run& run, std::span<std::byte> out) const;

    [[noreturn]] void damaged(std::uint64_t grain, std::string_view reason) const;

  private:
    enum class Merge { SameKind, SamePlace };
    Run run_at(std::uint64_t offset, std::uint64_t limit, Merge merge) const;

    InputFile file_;
    Geometry geometry_;
};

}  // namespace kiln::formats
