#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "formats/extent.h"

namespace kiln::formats {

/// One line of `kiln image info`'s list of internal snapshots.
struct SnapshotInfo {
    std::string id;
    std::string name;
    std::uint64_t virtual_size = 0;
    std::uint64_t vm_state_size = 0;
    std::int64_t unix_seconds = 0;
};

/// What an image says of itself. Names that stand inside the image (the backing name) are shown and
/// never opened for this.
struct SourceInfo {
    std::string format;  ///< `raw`, `qcow2`, `vmdk`
    std::uint64_t virtual_size = 0;
    std::uint64_t cluster_size = 0;  ///< the unit of allocation; 0 where the format has none
    std::string compression;         ///< `zlib`, `zstd`, or empty
    std::string backing_name;
    std::string backing_format;
    std::vector<SnapshotInfo> snapshots;
    std::vector<std::string> features;  ///< what else is set, in the format's own words
    /// Further facts in the format's own words: `compat` = `1.1`, `create type` =
    /// `streamOptimized`.
    std::vector<std::pair<std::string, std::string>> details;
    /// The options of this format's writer that make an image alike (`subformat` =
    /// `monolithicSparse`): `resize` rewrites an image with them.
    std::map<std::string, std::string> writer_options;
};

/// A disk image as a guest sees it. Made by `open_source`; the files stay open as long as it lives
/// and are never written.
///
/// Threads: all members may be called from any number of threads at once.
/// Errors: `next_extent` and `read` throw kiln::Error that names the file when it cannot be read,
/// has shrunk since it was opened, or when a table or a compressed cluster is damaged. Nothing in
/// an image makes them take memory beyond a few clusters or loop without end.
class Source {
  public:
    virtual ~Source() = default;

    virtual std::uint64_t virtual_size() const = 0;

    /// The extent that begins at `offset`, which is below `virtual_size()`. Never empty and never
    /// beyond the end, but not always the longest: neighbours may be of one kind. The caller cares
    /// for `limit` bytes, so that a map need not be walked further.
    virtual Extent next_extent(std::uint64_t offset, std::uint64_t limit) const = 0;

    /// Fills `out` with the guest's bytes from `offset` on; zeros where nothing is stored.
    /// `offset + out.size()` must not exceed `virtual_size()`.
    virtual void read(std::uint64_t offset, std::span<std::byte> out) const = 0;

    virtual SourceInfo info() const = 0;

    /// Whether the bytes come out of a stream that cannot go back. Extents may then be asked for
    /// anywhere, and `read` from one thread at a time, each call behind the end of the last one.
    virtual bool sequential() const { return false; }
};

class InputFile;
struct Format;

/// How far references inside an image may be followed.
struct OpenOptions {
    /// The image's format. Without it the file's first bytes decide. A file without any known magic
    /// is raw if it is called so (`.raw`, `.img`) or `allow_raw` is set, and refused otherwise; so
    /// is a `.raw` that begins like another image: a guest can write any header into a raw disk.
    const Format* format = nullptr;
    bool allow_raw = false;

    /// A backing file named in the image is opened only if this is set; otherwise opening fails.
    bool allow_backing = false;
    /// When not empty, backing files must lie below one of these directories, links resolved.
    std::vector<std::filesystem::path> backing_directories;
    /// Opens an image that names a backing file without it, for `info` and `check`. Clusters that
    /// the image does not hold are then holes.
    bool ignore_backing = false;
    /// Which disk of a container that holds several (OVA, OVF, Vagrant box): its member's name, or
    /// its number from 1. Empty: the only one.
    std::string disk;
    /// Ends what opening takes long for: counting a compressed stream that does not tell its size.
    CancelToken cancel;
};

/// Opens an image for reading. Throws kiln::Error with a hint when the format is not known, the
/// headers are damaged or hostile, or the image needs something that is not allowed.
std::unique_ptr<Source> open_source(const std::filesystem::path& path,
                                    const OpenOptions& options = {});
std::unique_ptr<Source> open_source(InputFile file, const OpenOptions& options = {});

}  // namespace kiln::formats
