#pragma once

#include <memory>

#include "formats/core/block_source.h"
#include "formats/vhdx/vhdx_file.h"
#include "formats/vhdx/vhdx_metadata.h"
#include "formats/vhdx/vhdx_regions.h"

namespace kiln::formats {

/// A VHDX file whose headers, log, regions and metadata have been read.
struct VhdxImage {
    std::unique_ptr<vhdx::VhdxFile> file;
    vhdx::Regions regions;
    vhdx::Metadata metadata;

    /// Throws Error when one of them cannot be used, or the block allocation table is too short for
    /// the disk.
    static VhdxImage read(InputFile file, std::size_t max_pages = vhdx::LogOverlay::kMaxPages);

    std::string_view subformat() const;
    /// Where in the file a BAT entry stands.
    std::uint64_t bat_entry(std::uint64_t index) const { return regions.bat.offset + 8 * index; }
};

/// The tables as one call reads them.
struct VhdxTables {
    explicit VhdxTables(const vhdx::VhdxFile& file) : bat(file), bitmap(file) {}
    vhdx::VhdxFile::Words bat;
    vhdx::VhdxFile::Words bitmap;
};

/// A fixed, dynamic or differencing VHDX. Of the states of a block that hold nothing, all but "not
/// present" read as zeros, even over a parent.
class VhdxSource : public BlockSource<vhdx::VhdxFile, VhdxTables> {
  public:
    VhdxSource(VhdxImage image, std::unique_ptr<Source> parent);
    SourceInfo info() const override;

  protected:
    Mapping map(std::uint64_t offset, VhdxTables& tables) const override;
    const vhdx::VhdxFile& file() const override { return *image_.file; }

  private:
    bool map_sectors(std::uint64_t offset, VhdxTables& tables, Mapping& mapping) const;

    VhdxImage image_;
    vhdx::Geometry geometry_;
};

/// Opens the file, and its parents as far as the options allow.
std::unique_ptr<Source> open_vhdx(InputFile file, const OpenOptions& options);

}  // namespace kiln::formats
