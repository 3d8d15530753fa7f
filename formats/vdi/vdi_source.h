#pragma once

#include "formats/vdi/vdi_header.h"
#include "formats/block_source.h"

namespace kiln::formats {

/// A static or dynamic VDI. Disks of a snapshot chain are refused.
class VdiSource : public BlockSource {
  public:
    VdiSource(InputFile file, const vdi::Header& header)
        : BlockSource(std::move(file), header.disk_size, nullptr), header_(header) {}
    SourceInfo info() const override;

  protected:
    Mapping map(std::uint64_t offset, Tables& tables) const override;

  private:
    vdi::Header header_;
};

std::unique_ptr<Source> open_vdi(InputFile file, const OpenOptions& options);

}  // namespace kiln::formats
