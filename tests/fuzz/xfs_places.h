#pragma once

#include "sparse_image.h"

namespace kiln::fuzz {

/// Where the metadata of an XFS lies that begins at `start`. Numbers are big endian.
class XfsPlaces {
  public:
    /// Inodes that are looked at, from the root directory's on.
    static constexpr unsigned kInodes = 8;

    XfsPlaces(const SparseImage& image, std::uint64_t start) : image_(image), start_(start) {
        sector = number(start + 102, 2);
        block = number(start + 4, 4);
        inode_size = number(start + 104, 2);
    }

    /// Whether there is one, with sizes as they can be.
    bool known() const {
        return number(start_, 4) == 0x58465342 && sector >= 512 && sector <= 4096 && block >= 512 &&
               block <= 65536 && inode_size >= 256 && inode_size <= 2048;
    }
    bool v5() const { return (number(start_ + 100, 2) & 0xf) == 5; }
    std::uint64_t group(unsigned number_of) const {
        return start_ + number_of * number(start_ + 84, 4) * block;
    }
    std::uint64_t group_header(unsigned number_of) const { return group(number_of) + sector; }
    /// The tree of free space, by block.
    std::uint64_t free_space_root(unsigned number_of) const {
        return group(number_of) + number(group_header(number_of) + 16, 4) * block;
    }
    /// The root directory's comes first; they are of the first group.
    std::uint64_t inode(unsigned index) const {
        return start_ + (number(start_ + 56, 8) + index) * inode_size;
    }
    std::uint64_t log() const { return start_ + number(start_ + 48, 8) * block; }

    std::uint64_t sector = 0;
    std::uint64_t block = 0;
    std::uint64_t inode_size = 0;

  private:
    std::uint64_t number(std::uint64_t offset, unsigned width) const {
        return image_.number(offset, width, true);
    }

    const SparseImage& image_;
    std::uint64_t start_;
};

}  // namespace kiln::fuzz
