#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "formats/source.h"
#include "formats/volume/range_set.h"

namespace kiln::formats {

/// What thinning did with each part of a disk, for people.
struct ThinReport {
    struct Part {
        std::string what;     ///< `partition 2`, `logical volume vg/root`, `disk`
        std::string content;  ///< `ext4`, `swap`, `LUKS`; empty for what is nothing of that kind
        std::uint64_t size = 0;
        std::uint64_t dropped = 0;  ///< bytes that read as zeros now
        std::string skipped;        ///< why nothing was dropped; empty when it was thinned
    };
    std::vector<Part> parts;
    std::uint64_t dropped = 0;
    /// Free stretches shorter than this stayed, because there are too many; 0 when none did.
    std::uint64_t shortest = 0;
};

/// A disk whose unused blocks are holes, as if they had been trimmed: what deleted files left there
/// neither takes room nor leaves the machine.
///
///     dropped    free blocks of file systems that were unmounted cleanly and are understood whole;
///                the content of swap space behind its header; extents of LVM groups that no
///                logical volume uses
///     untouched  everything else: partition tables and what lies between partitions (boot loaders
///                do), what is unknown, damaged, encrypted, member of an array, or overlaps with
///                something, and all of a disk whose swap space holds a hibernated machine
///
/// Ranges are exact to the sector of 512 bytes. Memory: RangeSet's 4 MiB at most.
/// Threads and errors as Source.
class ThinSource : public Source {
  public:
    /// `disk` must outlive this.
    ThinSource(const Source& disk, RangeSet unused, ThinReport report)
        : disk_(disk), unused_(std::move(unused)), report_(std::move(report)) {}

    std::uint64_t virtual_size() const override { return disk_.virtual_size(); }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override;
    void read(std::uint64_t offset, std::span<std::byte> out) const override;
    SourceInfo info() const override { return disk_.info(); }

    const ThinReport& report() const { return report_; }

  private:
    std::uint64_t stored_run(std::uint64_t offset, std::uint64_t length) const;
    void wipe(std::uint64_t offset, std::span<std::byte> bytes) const;

    const Source& disk_;
    RangeSet unused_;
    ThinReport report_;
};

/// Reads the layout and all free maps. Throws kiln::Error when the disk is a stream or cannot be
/// read, and Cancelled; what is merely damaged is told in the report and left as it is.
std::unique_ptr<ThinSource> make_thin_source(const Source& disk, const CancelToken& cancel = {});

}  // namespace kiln::formats
