#pragma once

#include "formats/vmdk/sparse_extent.h"

namespace kiln::formats {

/// A space-efficient sparse extent: snapshots on VMFS 6, and of disks above 2 TiB. VMware has not
/// published the format. What is read is what is publicly known of version 2.1: grains of 4 KiB,
/// tables of 4096 entries, a clean journal; all else is refused.
class SeSparse : public SparseExtent {
  public:
    static constexpr std::uint64_t kMagic = 0xcafebabe;

    explicit SeSparse(InputFile file);

    SourceInfo info() const override;

    TableCache::Table table(std::uint64_t index) const override;
    std::uint64_t table_position(std::uint64_t index) const override;
    Place place(const std::vector<std::byte>& table, std::uint64_t entry) const override;
    std::uint64_t least_grain_position() const override { return grains_position_; }

  private:
    void read_header();
    [[noreturn]] void refuse(std::string_view reason) const;

    // In bytes.
    std::uint64_t directory_position_ = 0;
    std::uint64_t tables_position_ = 0;
    std::uint64_t grains_position_ = 0;
    mutable TableCache directory_;
    mutable TableCache tables_;
};

}  // namespace kiln::formats
