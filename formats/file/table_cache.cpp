#include "formats/file/table_cache.h"

#include <algorithm>

namespace kiln::formats {

namespace {
constexpr std::size_t kMaxBytes = std::size_t{4} << 20;
constexpr std::size_t kMinTables = 2;
constexpr std::size_t kMaxTables = 64;
}  // namespace

TableCache::TableCache(InputFile file, std::size_t table_size)
    : file_(std::move(file)),
      table_size_(table_size),
      max_tables_(std::clamp(kMaxBytes / table_size, kMinTables, kMaxTables)) {}

TableCache::Table TableCache::get(std::uint64_t offset) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = std::find_if(tables_.begin(), tables_.end(),
                                        [&](const auto& item) { return item.first == offset; });
        if (found != tables_.end()) {
            tables_.splice(tables_.begin(), tables_, found);
            return found->second;
        }
    }
    // Read without the lock. Two threads may read the same table; then one copy goes.
    auto bytes = std::make_shared<std::vector<std::byte>>(table_size_);
    file_.read(offset, *bytes);
    const std::lock_guard lock(mutex_);
    tables_.emplace_front(offset, bytes);
    if (tables_.size() > max_tables_) tables_.pop_back();
    return bytes;
}

}  // namespace kiln::formats
