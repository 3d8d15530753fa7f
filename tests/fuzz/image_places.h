#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sparse_image.h"

namespace kiln::fuzz {

/// A number in a file that a reader acts on.
struct Place {
    std::string name;
    std::uint64_t offset = 0;
    unsigned width = 4;  ///< bytes
    bool big_endian = false;
};

/// The header fields and the first entries of the tables of an image of `format` ("qcow2",
/// "vhd"..., "disk" for what lies on one, "any" for what its magic says), as far as its own
/// pointers lead to them. Places outside of the file are left out. Unknown formats have none.
std::vector<Place> places_of(std::string_view format, const SparseImage& image);

/// "qcow2", "vhd", "vhdx", or else "vmdk".
std::string_view format_of(const SparseImage& image);

/// Makes checksums right again where they stand over what was changed: VHD, VHDX, tar, GPT, ext,
/// XFS.
void mend_checksums(std::string_view format, SparseImage& image);

/// What a hostile number would be: 0, 1, the largest and those beside, the sign bit alone, all bits
/// but it, and the present value's neighbours, double and half.
std::vector<std::uint64_t> hostile_values(const Place& place, std::uint64_t present);

}  // namespace kiln::fuzz
