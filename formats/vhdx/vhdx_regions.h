#pragma once

#include <array>

#include "formats/vhdx/vhdx_file.h"

namespace kiln::formats::vhdx {

/// A part of the file, in whole MiB.
struct Region {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint64_t end() const { return offset + length; }
    friend bool operator==(const Region&, const Region&) = default;
};

/// The region table: where the block allocation table and the metadata are.
struct Regions {
    Region bat;
    Region metadata;

    std::vector<std::byte> encode() const;
    friend bool operator==(const Regions&, const Regions&) = default;
};

/// Both copies, each with its checksum, and every region checked against the others and the file.
std::array<Copy<Regions>, 2> read_regions(const VhdxFile& file);
/// The first that can be used; throws Error when there is none.
Regions usable_regions(const VhdxFile& file);

}  // namespace kiln::formats::vhdx
