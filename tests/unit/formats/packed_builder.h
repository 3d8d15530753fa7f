#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kiln::formats {

/// Compressed files and archives for tests, made by libarchive.
///
/// `packing` is `gzip`, `xz`, `zstd`, `zstd without size` (and without checksum), `bzip2`, `zip`,
/// or `none`.
std::string pack(std::string_view plain, const std::string& packing);

/// A member of an archive: a type as libarchive has it (a regular file unless said otherwise).
struct PackedMember {
    std::string name;
    std::string content;
    unsigned type = 0100000;
};
/// `format` is `ustar`, `gnutar`, `pax` or `zip`.
std::string make_archive(const std::vector<PackedMember>& members, const std::string& format,
                         const std::string& packing = "none");

std::string as_text(std::span<const std::byte> bytes);

}  // namespace kiln::formats
