#pragma once

#include <cstdint>
#include <vector>

#include "formats/file/output_file.h"

namespace kiln::formats {

/// Writes a table of 32-bit block entries front to back, in memory of 64 KiB whatever its size. An
/// entry that is not set has all bits set, which in VHD and VDI means: no block.
class EntryWriter {
  public:
    enum class Order { Little, Big };
    EntryWriter(OutputFile& file, std::uint64_t offset, std::uint64_t entries, Order order);

    /// Blocks come in rising order.
    void set(std::uint64_t block, std::uint32_t value);
    /// Writes what is left.
    void finish();

  private:
    void push(std::uint32_t value);
    void flush();

    OutputFile& file_;
    std::uint64_t offset_;  // of the window, in the file
    std::uint64_t entries_;
    Order order_;
    std::uint64_t next_ = 0;
    std::vector<std::byte> window_;
    std::size_t used_ = 0;
};

}  // namespace kiln::formats
