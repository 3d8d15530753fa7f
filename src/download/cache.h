#pragma once

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

/// Remembers which files were found to have which checksum, so that an unchanged image of several
/// gigabytes is not hashed again at each build.
///
/// A record is one file, `<cache>/verified/<sha1 of path>`, written in one step:
///     kiln-verified 1 <type:hex> <device> <inode> <size> <mtime ns> <ctime ns>\n
/// It counts only if all of it is equal to what stat(2) says now; any write to the file changes its
/// ctime, which no program can set. A torn or foreign record counts as none. Failing to write one
/// is not an error: the file is hashed again.
class VerifiedIndex {
  public:
    explicit VerifiedIndex(const std::filesystem::path& cache_dir);

    bool contains(const std::filesystem::path& file, const Checksum& checksum) const;
    /// The caller has just computed or written the file's content.
    void record(const std::filesystem::path& file, const Checksum& checksum) const;

  private:
    std::filesystem::path directory_;
};

}  // namespace kiln::download
