#pragma once

#include <span>
#include <string_view>

#include "base/digest.h"
#include "formats/vhdx/vhdx_layout.h"

namespace kiln::formats::vhdx {

/// Makes identifiers out of a disk's size and samples of its content, in the order of the disk. The
/// samples lie at fixed offsets: how the disk is cut into runs on its way makes no difference.
class DiskIdentity {
  public:
    explicit DiskIdentity(std::uint64_t disk_size);

    /// Bytes that are not zero. Offset and length are multiples of a page.
    void add(std::uint64_t guest_offset, std::span<const std::byte> bytes);
    /// No bytes may be added afterwards.
    void finish();
    Guid derive(std::string_view purpose) const;

  private:
    Digester samples_;
    std::string seed_;
};

}  // namespace kiln::formats::vhdx
