#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "formats/file_system/volume.h"

namespace kiln::formats {

/// What a file system says of itself.
struct FileSystemInfo {
    std::string type;   ///< the kernel's or blkid's word: `ext4`, `xfs`, `ntfs`, `vfat`, `swap`
    std::string label;  ///< empty when there is none; UTF-8, though any bytes may stand in an image
    std::string uuid;   ///< as blkid prints it
    std::uint64_t size = 0;  ///< bytes that the file system spans
    std::uint64_t used = 0;  ///< bytes of blocks in use
    std::uint32_t block_size = 0;
    /// Why its free blocks must not be dropped ("its journal has not been replayed"); empty for one
    /// that was unmounted cleanly and is understood whole.
    std::string untouchable;
    /// What of it is not known, so that nothing can be told of its state ("features (incompat
    /// 0x100)"); `untouchable` is then not empty either.
    std::string unknown;
};

/// `untouchable` of swap space in which a machine sleeps; what else it uses is then in use too.
constexpr std::string_view kHibernated = "it holds a hibernated machine";
/// `untouchable` of what is newer, or older, than kiln; `unknown` is then "version".
constexpr std::string_view kOtherVersion = "it is of a version that is not known";

/// A file system on a volume, read only, bounded whatever stands in it: no table is trusted beyond
/// the volume, nothing recurses without a limit, at most a few MiB are held at a time.
/// Refers to the volume, which must outlive it. One thread at a time.
/// Errors: kiln::Error for what is damaged.
class FileSystem {
  public:
    virtual ~FileSystem() = default;

    virtual FileSystemInfo info() const = 0;

    /// Calls `visit` with stretches of the volume that no file and no metadata uses, ascending and
    /// apart. The bytes behind the file system's end, up to the volume's, are not among them.
    /// Asked only when `untouchable` is empty.
    using FreeRange = std::function<void(std::uint64_t offset, std::uint64_t length)>;
    virtual void for_each_free(const FreeRange& visit) const = 0;

    /// A small file's content by its absolute path, symbolic links followed within the file system
    /// (at most 16). Nothing when it is not there, larger than `limit`, or this kind of file system
    /// is not read that far.
    virtual std::optional<std::string> read_file(std::string_view path, std::size_t limit) const {
        (void)path;
        (void)limit;
        return std::nullopt;
    }

    /// The operating system whose root this is, where names alone tell it ("Windows"); else empty.
    virtual std::string system_by_names() const { return {}; }

    /// What the byte at `offset` belongs to: an absolute path, or a word in brackets for metadata
    /// and free space (`[inode table]`, `[free]`). Nothing when that cannot be found out cheaply.
    virtual std::optional<std::string> owner_of(std::uint64_t offset) const {
        (void)offset;
        return std::nullopt;
    }
};

/// Each gives nothing when the volume does not hold its kind, and throws kiln::Error when it does
/// and its headers are damaged.
std::unique_ptr<FileSystem> open_ext(const Volume& volume);
std::unique_ptr<FileSystem> open_xfs(const Volume& volume);
std::unique_ptr<FileSystem> open_ntfs(const Volume& volume);
std::unique_ptr<FileSystem> open_fat(const Volume& volume);
std::unique_ptr<FileSystem> open_swap(const Volume& volume);

/// Whichever of the above it is; nothing when it is none.
std::unique_ptr<FileSystem> open_file_system(const Volume& volume);

}  // namespace kiln::formats
