#pragma once

#include <memory>

#include "formats/source.h"
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

/// A fixed, dynamic or differencing VHDX. What the file stores is told as data only where the file
/// itself has no hole. Of the states of a block that hold nothing, all read as zeros.
class VhdxSource : public Source {
  public:
    /// `parent` may be null: what a differencing disk does not hold then reads as zeros.
    VhdxSource(VhdxImage image, std::unique_ptr<Source> parent);

    std::uint64_t virtual_size() const override { return geometry_.disk_size; }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override;
    void read(std::uint64_t offset, std::span<std::byte> out) const override;
    SourceInfo info() const override;

  private:
    /// What the tables say of a guest offset, and for how many bytes from there; never beyond its
    /// block.
    struct Mapping {
        enum class Kind { Parent, Zero, Stored };
        Kind kind = Kind::Parent;
        std::uint64_t length = 0;
        std::uint64_t host = 0;  // of Stored: where the byte at the offset lies
    };
    /// The tables as one call reads them.
    struct Tables {
        explicit Tables(const vhdx::VhdxFile& file) : bat(file), bitmap(file) {}
        vhdx::VhdxFile::Words bat;
        vhdx::VhdxFile::Words bitmap;
    };
    Mapping map(std::uint64_t offset, Tables& tables) const;
    bool map_sectors(std::uint64_t offset, Tables& tables, Mapping& mapping) const;
    std::uint64_t stored_end(std::uint64_t offset, std::uint64_t end, Tables& tables,
                             bool& stored) const;
    [[noreturn]] void damaged(std::uint64_t offset, std::string_view reason) const;

    VhdxImage image_;
    vhdx::Geometry geometry_;
    std::unique_ptr<Source> parent_;
};

/// Opens the file, and its parents as far as the options allow.
std::unique_ptr<Source> open_vhdx(InputFile file, const OpenOptions& options);

}  // namespace kiln::formats
