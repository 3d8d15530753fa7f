#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "formats/file/input_file.h"

namespace kiln::formats {

/// The mapping tables of an image that were used last, at most some 4 MiB of them. Any thread.
class TableCache {
  public:
    /// All tables have `table_size` bytes.
    TableCache(InputFile file, std::size_t table_size);

    using Table = std::shared_ptr<const std::vector<std::byte>>;
    /// The table at `offset`; throws Error when it is not within the file.
    Table get(std::uint64_t offset);

  private:
    InputFile file_;
    std::size_t table_size_;
    std::size_t max_tables_;
    std::mutex mutex_;
    std::list<std::pair<std::uint64_t, Table>> tables_;  // the one used last comes first
};

}  // namespace kiln::formats
