#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <sys/types.h>

#include "base/error.h"

namespace kiln {

/// Owns a file descriptor.
class UniqueFd {
  public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : fd_(fd) {}
    ~UniqueFd() { reset(); }
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept;

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    int release() { return std::exchange(fd_, -1); }
    void reset(int fd = -1);

  private:
    int fd_ = -1;
};

/// open(2) with O_CLOEXEC; throws Error with the path.
UniqueFd open_file(const std::filesystem::path& path, int flags, mode_t mode = 0666);

/// The whole file as bytes. Throws Error when it cannot be read or is larger than `limit` bytes.
std::string read_file(const std::filesystem::path& path, std::size_t limit = std::size_t{64} << 20);
void write_all(int fd, std::string_view bytes, const std::filesystem::path& path_for_errors);

/// Replaces the file in one step: writes a temporary sibling, syncs it, renames it over `path`.
/// On failure the old file stays and nothing is left behind.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes,
                           mode_t mode = 0644);

/// Whether what was written is on the disk before it gets its name (fsync(2)).
enum class Sync { Yes, No };

/// A file under construction, which no reader ever sees half of. Where the file system can
/// (O_TMPFILE), it has no name until `commit`, so that even a kill leaves nothing behind; elsewhere
/// it is a temporary sibling of `path`. `commit` syncs it and gives it its name in one step;
/// destruction without it removes it.
///
/// Files that belong together are synced one after the other and then committed: with the slow part
/// done, hardly anything can come between their names.
class AtomicFile {
  public:
    explicit AtomicFile(std::filesystem::path path, mode_t mode = 0644);
    ~AtomicFile();
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;

    int fd() const { return fd_.get(); }
    const std::filesystem::path& path() const { return path_; }
    /// Ahead of `commit`, which need not do it then. Nothing may be written afterwards.
    void sync();
    /// With Sync::No a crash of the machine may leave a file of zeros under the name.
    void commit(Sync sync = Sync::Yes);

  private:
    void take_name();
    bool link_as(const std::filesystem::path& name) const;

    std::filesystem::path path_;
    std::filesystem::path temporary_;  // empty: the file has no name
    UniqueFd fd_;
    bool synced_ = false;
};

/// A directory of its own under `parent`, removed with all it holds at destruction.
class TempDir {
  public:
    explicit TempDir(const std::filesystem::path& parent, std::string_view prefix = "kiln-");
    ~TempDir();
    TempDir(TempDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TempDir& operator=(TempDir&&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// Lets the directory stay; the caller owns it from here on.
    std::filesystem::path release() { return std::exchange(path_, {}); }

  private:
    std::filesystem::path path_;
};

/// The directory for temporary files: TMPDIR, or /tmp.
std::filesystem::path temp_root();
/// `~` and `~/...` expanded with HOME; other paths unchanged.
std::filesystem::path expand_home(std::string_view path);

}  // namespace kiln
