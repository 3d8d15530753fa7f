#pragma once

#include <memory>
#include <string>
#include <vector>

#include "formats/file/input_file.h"
#include "formats/ova/tar.h"
#include "formats/source.h"

namespace kiln::formats {

/// What an OVA holds, found without unpacking it.
struct OvaContent {
    std::vector<TarMember> members;  ///< in the archive's order; the first is the descriptor

    const TarMember* find(std::string_view name) const;
};

/// Throws Error when the archive is damaged or its first member is no descriptor.
OvaContent read_ova(const InputFile& file);
/// A small member's bytes; throws when it is larger than 4 MiB.
std::string read_member(const InputFile& file, const TarMember& member);

/// One of the archive's disks, read from inside it: the only one, or what `options.disk` says.
std::unique_ptr<Source> open_ova(InputFile file, const OpenOptions& options);

}  // namespace kiln::formats
