#include "base/lock.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kiln {

std::optional<FileLock> FileLock::try_acquire(const std::filesystem::path& path) {
    // Between open and flock the former holder may remove the file: then the lock would be on a
    // file that nobody else can see, so the name is checked again. Bounded by the number of
    // holders.
    constexpr int tries = 100;
    for (int i = 0; i < tries; ++i) {
        UniqueFd fd = open_file(path, O_RDWR | O_CREAT, 0644);
        if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno == EWOULDBLOCK) return std::nullopt;
            throw system_error(fmt::format("cannot lock {}", path.string()), errno);
        }
        struct stat held {};
        struct stat named {};
        if (fstat(fd.get(), &held) == 0 && stat(path.c_str(), &named) == 0 &&
            held.st_ino == named.st_ino && held.st_dev == named.st_dev) {
            return FileLock(path, std::move(fd));
        }
    }
    return std::nullopt;
}

FileLock::~FileLock() {
    if (fd_) unlink(path_.c_str());
}

}  // namespace kiln
