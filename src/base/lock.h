#pragma once

#include <filesystem>
#include <optional>

#include "base/file.h"

namespace kiln {

/// An exclusive advisory lock (flock(2)) on a file that is made for it. The kernel lets it go when
/// the process ends, however it ends. The file is removed at destruction.
class FileLock {
  public:
    /// Nothing when somebody else holds the lock; throws Error when the file cannot be made.
    static std::optional<FileLock> try_acquire(const std::filesystem::path& path);

    ~FileLock();
    FileLock(FileLock&&) noexcept = default;
    /// What this object held goes to `other`, and is let go with it.
    FileLock& operator=(FileLock&& other) noexcept {
        std::swap(path_, other.path_);
        std::swap(fd_, other.fd_);
        return *this;
    }

    const std::filesystem::path& path() const { return path_; }

  private:
    FileLock(std::filesystem::path path, UniqueFd fd)
        : path_(std::move(path)), fd_(std::move(fd)) {}

    std::filesystem::path path_;
    UniqueFd fd_;
};

}  // namespace kiln
