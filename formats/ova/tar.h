#pragma once

#include <cstdint>
#include <vector>

#include "formats/bytes/tar_header.h"
#include "formats/file/input_file.h"

namespace kiln::formats {

/// A file in an archive and where its bytes are.
struct TarMember {
    TarEntry entry;
    std::uint64_t offset = 0;
};

/// The members of an archive, at most 256. Throws Error when something else than regular files is
/// in it (links, directories, devices), a member is longer than the archive, a name has a `/` or
/// comes twice: an OVA has none of these.
std::vector<TarMember> list_ova_members(const InputFile& file);

}  // namespace kiln::formats
