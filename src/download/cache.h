#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "download/checksum.h"

namespace kiln::download {

/// Where downloads are kept between runs: PACKER_CACHE_DIR, else `$XDG_CACHE_HOME/kiln`, else
/// `~/.cache/kiln`. The variable is Packer's, so that existing set-ups work; the default directory
/// is kiln's own, so that the two tools never write the same files.
std::filesystem::path default_cache_directory();

/// `<sha1>.<extension>`, where the SHA-1 is over the checksum's normal form, or, without a
/// checksum, over `url`. One content therefore has one name, whatever mirror it came from.
std::string cache_file_name(const std::optional<Checksum>& checksum, std::string_view url,
                            std::string_view extension);

/// What stat(2) says about a file's content without reading it. Any write changes the ctime, which
/// no program can set.
struct FileStamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t mtime_ns = 0;
    std::int64_t ctime_ns = 0;

    /// True when the file was last changed so long ago that a later write has another ctime, coarse
    /// as file systems' clocks are.
    bool settled() const;
    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

/// Nothing when there is no such file.
std::optional<FileStamp> stamp_of(const std::filesystem::path& file);

/// Remembers which files were found to have which content, so that an unchanged image of several
/// gigabytes is not hashed again at each build. `content` is a checksum's normal form, for an
/// unpacked file with the archive's suffix behind it.
///
/// A record is one file, `<cache>/verified/<sha1 of path>`, written in one step:
///     kiln-verified 1 <content> <device> <inode> <size> <mtime ns> <ctime ns>\n
/// It counts only if all of it is equal to the file's stamp of now. A torn or foreign record counts
/// as none. Failing to write one is not an error: the file is hashed again.
class VerifiedIndex {
  public:
    explicit VerifiedIndex(const std::filesystem::path& cache_dir);

    bool contains(const std::filesystem::path& file, std::string_view content) const;
    /// `stamp` was taken before the content was read or, for a file that nobody else writes, after
    /// it was put in place.
    void record(const std::filesystem::path& file, std::string_view content,
                const FileStamp& stamp) const;

  private:
    std::filesystem::path directory_;
};

}  // namespace kiln::download
