#pragma once

#include "formats/vmdk/sparse_extent.h"
#include "formats/vmdk/vmdk_descriptor.h"
#include "formats/vmdk/vmdk_header.h"

namespace kiln::formats {

/// A hosted sparse extent (VMware Virtual Disk Format 5.0): what monolithicSparse and
/// streamOptimized disks are one of, and twoGbMaxExtentSparse disks several. Grains are plain,
/// compressed behind markers, or compressed alone.
class HostedSparse : public SparseExtent {
  public:
    /// Reads header, footer where there is one, and the descriptor where one is embedded.
    explicit HostedSparse(InputFile file);

    SourceInfo info() const override;

    /// The header in force: the footer where there is one.
    const VmdkHeader& header() const { return header_; }
    bool has_footer() const { return has_footer_; }
    /// Extents of split disks have none, or room for one that is empty.
    bool has_descriptor() const { return !descriptor_.create_type.empty(); }
    const VmdkDescriptor& descriptor() const { return descriptor_; }

    TableCache::Table table(std::uint64_t index) const override;
    std::uint64_t table_position(std::uint64_t index) const override;
    /// The same in the second directory, which extents with redundant tables have.
    std::uint64_t redundant_table_position(std::uint64_t index) const;
    Place place(const std::vector<std::byte>& table, std::uint64_t entry) const override;
    std::uint64_t least_grain_position() const override { return header_.overhead * kVmdkSector; }
    bool plain() const override { return !header_.compressed(); }

  protected:
    void read_run(std::uint64_t offset, const Run& run, std::span<std::byte> out) const override;

  private:
    void read_header();
    void read_descriptor();
    void check_directory() const;
    std::uint64_t directory_entry(std::uint64_t directory, std::uint64_t index) const;
    /// The zlib stream of a grain; may be longer than that.
    std::span<const std::byte> read_packed(std::uint64_t grain, const Run& run) const;

    VmdkHeader header_;
    bool has_footer_ = false;
    VmdkDescriptor descriptor_;
    mutable TableCache directory_;
    mutable std::unique_ptr<TableCache> tables_;
};

}  // namespace kiln::formats
