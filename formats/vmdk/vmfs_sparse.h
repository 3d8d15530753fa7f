#pragma once

#include "formats/vmdk/sparse_extent.h"

namespace kiln::formats {

/// An ESX Server sparse extent (VMware Virtual Disk Format 5.0; its magic is "COWD"): the redo logs
/// and snapshots of VMFS up to version 5. Grains are mostly one sector.
class VmfsSparse : public SparseExtent {
  public:
    static constexpr std::uint32_t kMagic = 0x44574f43;  // "COWD" as bytes
    static constexpr std::uint64_t kTableEntries = 4096;
    static constexpr std::uint64_t kHeaderBytes = 2048;

    explicit VmfsSparse(InputFile file);

    SourceInfo info() const override;

    TableCache::Table table(std::uint64_t index) const override;
    std::uint64_t table_position(std::uint64_t index) const override;
    Place place(const std::vector<std::byte>& table, std::uint64_t entry) const override;
    std::uint64_t least_grain_position() const override { return kHeaderBytes; }

  private:
    std::uint64_t directory_position_ = 0;
    mutable TableCache directory_;
    mutable TableCache tables_;
};

}  // namespace kiln::formats
