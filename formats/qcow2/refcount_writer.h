#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace kiln::formats {

/// The reference counts of a qcow2 that is written front to back (docs/interop/qcow2.txt, "Host
/// cluster management"), 16 bits each. Counts are kept from the first block that is not full yet
/// on; full blocks go out through `write_block` and are forgotten. One thread at a time.
class RefcountWriter {
  public:
    /// Stores a block and returns its place, a cluster that it takes for itself with
    /// `add_reference` before it stores the bytes that `content` gives.
    using BlockWriter =
        std::function<std::uint64_t(const std::function<std::span<const std::byte>()>& content)>;

    RefcountWriter(std::uint64_t cluster_size, std::uint64_t table_bytes);

    void add_reference(std::uint64_t cluster);
    /// Writes every block whose clusters are all below `cluster`: no reference to them comes later.
    void flush_below(std::uint64_t cluster, const BlockWriter& write_block);
    /// Writes the rest. `cluster_count` gives the number of clusters in the file, which the blocks
    /// themselves make grow.
    void finish(const std::function<std::uint64_t()>& cluster_count,
                const BlockWriter& write_block);

    /// The refcount table, for the place reserved for it.
    std::span<const std::byte> table() const { return table_; }

  private:
    void write_first_block(const BlockWriter& write_block);

    std::uint64_t entries_;
    std::uint64_t base_ = 0;  // the first cluster of `counts_`
    std::vector<std::uint16_t> counts_;
    std::vector<std::byte> block_;
    std::vector<std::byte> table_;
};

}  // namespace kiln::formats
