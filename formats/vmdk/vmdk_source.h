#pragma once

#include <memory>

#include "formats/input_file.h"
#include "formats/source.h"
#include "formats/table_cache.h"
#include "formats/vmdk/vmdk_descriptor.h"
#include "formats/vmdk/vmdk_header.h"

namespace kiln::formats {

/// A VMDK in one file: streamOptimized or monolithicSparse, without a parent.
class VmdkSource : public Source {
  public:
    /// Reads header, footer where there is one, descriptor and directory.
    explicit VmdkSource(InputFile file);

    std::uint64_t virtual_size() const override { return header_.capacity * kVmdkSector; }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override;
    void read(std::uint64_t offset, std::span<std::byte> out) const override;
    SourceInfo info() const override;

    /// For `check`: the header in force (the footer where there is one), the descriptor, and where
    /// a grain lies: 0 nowhere, 1 reads as zeros, else a sector.
    const InputFile& file() const { return file_; }
    const VmdkHeader& header() const { return header_; }
    const VmdkDescriptor& descriptor() const { return descriptor_; }
    const std::vector<std::uint32_t>& directory() const { return directory_; }
    std::uint32_t grain_sector(std::uint64_t grain) const;

  private:
    void read_header();
    void read_descriptor();
    void read_directory();
    Extent::Kind kind_of(std::uint32_t sector) const;
    void read_grain(std::uint64_t grain, std::uint32_t sector, std::uint64_t in_grain,
                    std::span<std::byte> out) const;
    [[noreturn]] void damaged(std::uint64_t grain, std::string_view reason) const;

    InputFile file_;
    VmdkHeader header_;
    VmdkDescriptor descriptor_;
    std::vector<std::uint32_t> directory_;
    mutable std::unique_ptr<TableCache> tables_;
};

/// Refuses a disk with a parent unless the options ignore it: parents are not read.
std::unique_ptr<Source> open_vmdk(InputFile file, const OpenOptions& options);

}  // namespace kiln::formats
