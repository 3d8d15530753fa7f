#pragma once

#include <memory>
#include <optional>

#include "formats/core/block_source.h"
#include "formats/vhd/vhd_header.h"

namespace kiln::formats {

/// A VHD whose footer and header have been read and fit the file.
struct VhdImage {
    InputFile file;
    vhd::Footer footer;
    std::optional<vhd::DynamicHeader> header;  ///< not of a fixed disk
    std::string parent_path;  ///< of a differencing disk, with slashes; empty: it has none

    /// Throws Error when one of them cannot be used.
    static VhdImage read(InputFile file);
};

/// A fixed, dynamic or differencing VHD, of the exact size that its footer tells; the geometry,
/// which cannot express every size, is not asked. A sector whose bit in its block's bitmap is clear
/// is not there: it reads as zeros, or from the parent.
class VhdSource : public BlockSource<InputFile, EntryTables> {
  public:
    VhdSource(VhdImage image, std::unique_ptr<Source> parent);
    SourceInfo info() const override;

  protected:
    Mapping map(std::uint64_t offset, EntryTables& tables) const override;
    const InputFile& file() const override { return image_.file; }

  private:
    bool map_sectors(std::uint64_t bitmap, std::uint64_t in_block, EntryTables& tables,
                     Mapping& mapping) const;

    VhdImage image_;
};

/// Opens the file, and its parents as far as the options allow.
std::unique_ptr<Source> open_vhd(InputFile file, const OpenOptions& options);

}  // namespace kiln::formats
