#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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

/// An .xz of one stream and one block, put together anew.
struct XzParts {
    std::string header;
    std::string block;
    std::uint64_t unpadded = 0;
    std::uint64_t plain = 0;

    static XzParts of(std::string_view plain);
    /// With this dictionary in the block's header, as the format's property has it.
    void set_dictionary(unsigned property);
    /// The blocks behind each other under an index with these records: unpadded and plain sizes.
    std::string build(const std::vector<std::string>& blocks,
                      const std::vector<std::pair<std::uint64_t, std::uint64_t>>& records) const;
};

std::string as_text(std::span<const std::byte> bytes);

}  // namespace kiln::formats
