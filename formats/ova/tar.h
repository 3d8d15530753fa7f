#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formats/input_file.h"

namespace kiln::formats {

constexpr std::uint64_t kTarBlock = 512;

/// A regular file's header in a ustar archive (POSIX.1-2017, pax, "ustar Interchange Format").
struct TarEntry {
    std::string name;
    std::uint64_t size = 0;

    /// Mode 0644, owner 0, time 0: the same content gives the same archive. Sizes from 8 GiB on are
    /// in base 256, as GNU tar, bsdtar and VMware write and read them. Throws Error for a name of
    /// more than 100 bytes.
    std::array<std::byte, kTarBlock> encode() const;
    /// Nothing when the block is no header of a regular file or its checksum is wrong.
    static std::optional<TarEntry> decode(std::span<const std::byte> block);
};

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
