#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/extent.h"

namespace kiln::formats {

/// Builds VMDK files for tests, of the kinds and with the features that no writer here makes.
struct VmdkBuilder {
    using Bytes = std::vector<std::byte>;
    /// What the file says of a grain. By default: data where the bytes are not zero, else nothing.
    using KindOf = std::function<Extent::Kind(std::uint64_t grain)>;

    std::uint32_t cid = 0x12345678;
    std::uint32_t parent_cid = 0xffffffff;
    std::string parent_hint;
    KindOf kind_of = {};
    /// Grains lie in the file in the order of the disk, or from the last one to the first.
    bool backwards = false;

    std::string descriptor(std::string_view create_type,
                           const std::vector<std::string>& extent_lines) const;

    struct Hosted {
        std::uint32_t version = 1;
        std::uint64_t grain_sectors = 128;
        std::uint32_t table_entries = 512;
        bool zeroed_grains = false;
        bool redundant_tables = false;
        bool compressed = false;  ///< without markers
        std::string descriptor = {};
    };
    Bytes hosted(std::span<const std::byte> disk, const Hosted& options) const;
    Bytes vmfs_sparse(std::span<const std::byte> disk, std::uint32_t grain_sectors = 1) const;
    Bytes se_sparse(std::span<const std::byte> disk) const;

  private:
    Extent::Kind kind(std::span<const std::byte> disk, std::uint64_t grain,
                      std::uint64_t grain_bytes) const;
    std::vector<std::uint64_t> data_grains(std::span<const std::byte> disk,
                                           std::uint64_t grain_bytes) const;
};

}  // namespace kiln::formats
