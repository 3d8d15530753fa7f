#include "formats/qcow2/refcount_writer.h"

#include <algorithm>

#include "base/error.h"
#include "formats/bytes/bytes.h"

namespace kiln::formats {

RefcountWriter::RefcountWriter(std::uint64_t cluster_size, std::uint64_t table_bytes)
    : entries_(cluster_size / sizeof(std::uint16_t)), block_(cluster_size), table_(table_bytes) {}

void RefcountWriter::add_reference(std::uint64_t cluster) {
    const std::uint64_t index = cluster - base_;
    if (index >= counts_.size()) counts_.resize(index + 1);
    ++counts_[index];
}

void RefcountWriter::flush_below(std::uint64_t cluster, const BlockWriter& write_block) {
    while (base_ + entries_ <= cluster) write_first_block(write_block);
}

void RefcountWriter::finish(const std::function<std::uint64_t()>& cluster_count,
                            const BlockWriter& write_block) {
    while (base_ < cluster_count()) write_first_block(write_block);
}

void RefcountWriter::write_first_block(const BlockWriter& write_block) {
    const std::uint64_t place = write_block([this]() -> std::span<const std::byte> {
        counts_.resize(std::max<std::size_t>(counts_.size(), entries_));
        for (std::size_t i = 0; i < entries_; ++i) {
            store_be(block_, i * sizeof(std::uint16_t), counts_[i]);
        }
        return block_;
    });
    store_be(table_, base_ / entries_ * 8, place);
    counts_.erase(counts_.begin(), counts_.begin() + static_cast<std::ptrdiff_t>(entries_));
    base_ += entries_;
}

}  // namespace kiln::formats
