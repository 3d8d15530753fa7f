#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace kiln::formats {

constexpr std::uint64_t kTarBlock = 512;

/// Which tar wrote a header. They differ in the magic, and so in what stands behind it.
enum class TarDialect { Ustar, OldGnu };

/// A regular file's header in an archive (POSIX.1-2017, pax, "ustar Interchange Format").
struct TarEntry {
    std::string name;
    std::uint64_t size = 0;

    /// Mode 0644, owner 0, time 0: the same content gives the same archive. Sizes from 8 GiB on are
    /// in base 256, as GNU tar, bsdtar and VMware write and read them. Throws Error for a name of
    /// more than 100 bytes.
    std::array<std::byte, kTarBlock> encode(TarDialect dialect = TarDialect::Ustar) const;
    /// Nothing when the block is no header of a regular file, its checksum is wrong, or its name
    /// has a prefix.
    static std::optional<TarEntry> decode(std::span<const std::byte> block);
};

/// Any header, as it stands in a block.
struct TarHeader {
    std::string name;  ///< with its prefix
    std::uint64_t size = 0;
    char type = '0';
    TarDialect dialect = TarDialect::Ustar;

    /// Nothing when the checksum or a number is wrong.
    static std::optional<TarHeader> decode(std::span<const std::byte> block);
};

/// A number in a header's field: octal digits, or base 256 where the field has 12 bytes.
std::optional<std::uint64_t> tar_number(std::span<const std::byte> field);

/// For headers of other kinds. A field of 12 bytes: octal digits, base 256 for 8 GiB and more.
void put_tar_number(std::span<std::byte> field, std::uint64_t value);
/// The checksum, when all else stands in the header.
void put_tar_checksum(std::span<std::byte> block);

}  // namespace kiln::formats
