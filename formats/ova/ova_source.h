#pragma once

#include <memory>
#include <string>
#include <vector>

#include "formats/input_file.h"
#include "formats/ova/tar.h"
#include "formats/source.h"

namespace kiln::formats {

/// What an OVA holds, found without unpacking it.
struct OvaContent {
    std::vector<TarMember> members;  ///< in the archive's order; the first is the descriptor
    std::vector<TarMember> disks;    ///< the VMDK members

    const TarMember* find(std::string_view name) const;
};

/// Throws Error when the archive is damaged or its first member is no descriptor.
OvaContent read_ova(const InputFile& file);
/// A small member's bytes; throws when it is larger than 4 MiB.
std::string read_member(const InputFile& file, const TarMember& member);

/// The archive's only disk, read from inside it. Throws when it holds none or several.
std::unique_ptr<Source> open_ova(InputFile file, const OpenOptions& options);

}  // namespace kiln::formats
