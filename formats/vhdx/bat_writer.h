#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "formats/file/output_file.h"
#include "formats/vhdx/vhdx_layout.h"

namespace kiln::formats::vhdx {

/// Writes the block allocation table of a disk without a parent, front to back, in memory of 64 KiB
/// whatever its size. Windows of zeros are left as holes.
class BatWriter {
  public:
    /// `otherwise` gives the entry of a block that is not set.
    BatWriter(OutputFile& file, std::uint64_t offset, const Geometry& geometry,
              std::function<std::uint64_t(std::uint64_t block)> otherwise);

    /// Blocks come in rising order.
    void set(std::uint64_t block, std::uint64_t entry);
    /// Writes what is left.
    void finish();

  private:
    void fill_up_to(std::uint64_t block);
    void push(std::uint64_t entry);
    void store(std::uint64_t entry);
    void flush();

    OutputFile& file_;
    std::uint64_t offset_;  // of the window, in the file
    Geometry geometry_;
    std::function<std::uint64_t(std::uint64_t)> otherwise_;
    std::uint64_t next_block_ = 0;
    std::vector<std::byte> window_;
    std::size_t used_ = 0;
};

}  // namespace kiln::formats::vhdx
