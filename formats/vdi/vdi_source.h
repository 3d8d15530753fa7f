#pragma once

#include "formats/core/block_source.h"
#include "formats/vdi/vdi_header.h"

namespace kiln::formats {

/// A static or dynamic VDI. Disks of a snapshot chain are refused.
class VdiSource : public BlockSource<InputFile, EntryTables> {
  public:
    VdiSource(InputFile file, const vdi::Header& header)
        : BlockSource(header.disk_size, nullptr), file_(std::move(file)), header_(header) {}
    SourceInfo info() const override;

  protected:
    Mapping map(std::uint64_t offset, EntryTables& tables) const override;
    const InputFile& file() const override { return file_; }

  private:
    InputFile file_;
    vdi::Header header_;
};

std::unique_ptr<Source> open_vdi(InputFile file, const OpenOptions& options);

}  // namespace kiln::formats
