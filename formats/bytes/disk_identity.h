#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace kiln::formats {

/// Makes identifiers out of a disk's size and samples of its content, in the order of the disk. The
/// samples lie at fixed offsets: how the disk is cut into runs on its way makes no difference.
class DiskIdentity {
  public:
    explicit DiskIdentity(std::uint64_t disk_size);

    /// Bytes that are not zero. Offset and length are multiples of a page.
    void add(std::uint64_t guest_offset, std::span<const std::byte> bytes);
    /// No bytes may be added afterwards.
    void finish();
    /// 16 bytes, a UUID of version 8 (RFC 9562): the same for the same disk and purpose.
    std::array<std::byte, 16> derive(std::string_view purpose) const;

  private:
    Digester samples_;
    std::string seed_;
};

}  // namespace kiln::formats
