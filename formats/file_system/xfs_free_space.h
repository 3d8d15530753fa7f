#pragma once

#include <cstdint>
#include <functional>

#include "formats/file_system/volume.h"
#include "formats/file_system/xfs_superblock.h"

namespace kiln::formats {

/// The free blocks of an allocation group: the records of its tree by block number, in order. The
/// blocks that a group keeps for its trees (AGFL) are not among them. Each block of the tree must
/// be of the level its parent expects and its records must ascend, so that a walk ends.
class XfsFreeSpace {
  public:
    XfsFreeSpace(const Volume& volume, const XfsSuperblock& super)
        : volume_(volume), super_(super) {}

    /// `start` and `count` are blocks within the group. Throws kiln::Error for what is damaged,
    /// before `visit` sees what contradicts.
    using Visit = std::function<void(std::uint32_t start, std::uint32_t count)>;
    void for_each(std::uint32_t group, const Visit& visit) const;

  private:
    struct Header {
        std::uint32_t root = 0;
        std::uint32_t levels = 0;
        std::uint32_t free_blocks = 0;
    };
    struct Walk;

    Header read_header(std::uint32_t group) const;
    void walk(Walk& state, std::uint32_t block, unsigned level) const;
    std::vector<std::byte> read_node(const Walk& state, std::uint32_t block, unsigned level) const;
    void take_record(Walk& state, std::uint32_t start, std::uint32_t count) const;
    std::size_t node_header_size() const { return super_.v5 ? 56 : 16; }

    const Volume& volume_;
    const XfsSuperblock& super_;
};

}  // namespace kiln::formats
