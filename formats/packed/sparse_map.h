#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "formats/packed/old_gnu_sparse.h"

namespace kiln::formats {

/// The map of a sparse file while it is written: which runs are stored. Stretches of zeros that are
/// shorter than a hole belong to the runs beside them.
///
/// Bounded: with more than `limit` runs the shortest hole gets twice as long, until they are few
/// enough. So the runs depend on the content only. 256 Ki of them take 4 MiB here (6 MiB while the
/// vector grows), 6 MiB in a tar archive, and reach to 16 GiB of data that is scattered as badly as
/// can be.
class SparseMap {
  public:
    static constexpr std::size_t kLimit = std::size_t{256} << 10;

    explicit SparseMap(std::uint64_t shortest_hole, std::size_t limit = kLimit)
        : shortest_hole_(shortest_hole), limit_(limit) {}

    /// In order, not empty, not overlapping.
    void add(TarRun run);
    /// The file ends here. Nothing is added afterwards. A hole at the end gets an empty run behind
    /// it, as the format asks for.
    void finish(std::uint64_t size);

    /// Stored bytes in all.
    std::uint64_t stored() const;
    const std::vector<TarRun>& runs() const { return runs_; }

  private:
    void thin_out();

    std::uint64_t shortest_hole_;
    std::size_t limit_;
    std::vector<TarRun> runs_;
};

}  // namespace kiln::formats
