#include "base/file.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kiln {
namespace fs = std::filesystem;

namespace {

fs::path temporary_sibling(const fs::path& path);
fs::path directory_of(const fs::path& path);
UniqueFd open_unnamed(const fs::path& directory, mode_t mode);
void sync_directory_of(const fs::path& path);

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
}

void UniqueFd::reset(int fd) {
    if (fd_ >= 0) close(fd_);
    fd_ = fd;
}

UniqueFd open_file(const fs::path& path, int flags, mode_t mode) {
    const int fd = open(path.c_str(), flags | O_CLOEXEC, mode);
    if (fd < 0) throw system_error(fmt::format("cannot open {}", path.string()), errno);
    return UniqueFd(fd);
}

std::string read_file(const fs::path& path, std::size_t limit) {
    const UniqueFd file = open_file(path, O_RDONLY);
    std::string content;
    std::array<char, 65536> block{};
    while (true) {
        const ssize_t count = read(file.get(), block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw system_error(fmt::format("cannot read {}", path.string()), errno);
        if (count == 0) return content;
        if (content.size() + static_cast<std::size_t>(count) > limit) {
            throw Error(fmt::format("{} is larger than {} bytes", path.string(), limit));
        }
        content.append(block.data(), static_cast<std::size_t>(count));
    }
}

void write_all(int fd, std::string_view bytes, const fs::path& path_for_errors) {
    while (!bytes.empty()) {
        const ssize_t count = write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            throw system_error(fmt::format("cannot write {}", path_for_errors.string()), errno);
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void write_file_atomically(const fs::path& path, std::string_view bytes, mode_t mode) {
    AtomicFile file(path, mode);
    write_all(file.fd(), bytes, path);
    file.commit();
}

AtomicFile::AtomicFile(fs::path path, mode_t mode)
    : path_(std::move(path)), fd_(open_unnamed(directory_of(path_), mode)) {
    if (fd_) return;
    temporary_ = temporary_sibling(path_);
    fd_ = open_file(temporary_, O_RDWR | O_CREAT | O_EXCL, mode);
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      fd_(std::move(other.fd_)),
      synced_(other.synced_) {}

AtomicFile::~AtomicFile() {
    if (!temporary_.empty()) unlink(temporary_.c_str());
}

void AtomicFile::sync() {
    if (fsync(fd_.get()) != 0) {
        throw system_error(fmt::format("cannot sync {}", path_.string()), errno);
    }
    synced_ = true;
}

void AtomicFile::commit(Sync sync) {
    if (sync == Sync::Yes && !synced_) this->sync();
    take_name();
    fd_.reset();
    if (sync == Sync::Yes) sync_directory_of(path_);
}

void AtomicFile::take_name() {
    if (temporary_.empty()) {
        if (link_as(path_)) return;
        // Only rename(2) replaces what has the name.
        const fs::path sibling = temporary_sibling(path_);
        if (!link_as(sibling)) {
            throw system_error(fmt::format("cannot name {}", sibling.string()), EEXIST);
        }
        temporary_ = sibling;
    }
    if (rename(temporary_.c_str(), path_.c_str()) != 0) {
        throw system_error(
            fmt::format("cannot rename {} to {}", temporary_.string(), path_.string()), errno);
    }
    temporary_.clear();
}

// False when something has the name.
bool AtomicFile::link_as(const fs::path& name) const {
    const std::string self = fmt::format("/proc/self/fd/{}", fd_.get());
    if (linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) return true;
    if (errno == EEXIST) return false;
    throw system_error(fmt::format("cannot name {}", name.string()), errno);
}

TempDir::TempDir(const fs::path& parent, std::string_view prefix) {
    std::string pattern = (parent / (std::string(prefix) + "XXXXXX")).string();
    if (mkdtemp(pattern.data()) == nullptr) {
        throw system_error(
            fmt::format("cannot create a temporary directory in {}", parent.string()), errno)
            .with_hint("Set TMPDIR to a directory that is writable and has space.");
    }
    path_ = pattern;
}

TempDir::~TempDir() {
    if (path_.empty()) return;
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

fs::path temp_root() {
    const char* from_environment = std::getenv("TMPDIR");
    return from_environment != nullptr && *from_environment != '\0' ? fs::path(from_environment)
                                                                    : fs::path("/tmp");
}

fs::path expand_home(std::string_view path) {
    const char* home = std::getenv("HOME");
    if (home == nullptr || path.empty() || path[0] != '~') return path;
    if (path == "~") return home;
    return path[1] == '/' ? fs::path(home) / path.substr(2) : fs::path(path);
}

namespace {

fs::path temporary_sibling(const fs::path& path) {
    static std::atomic<unsigned> counter = 0;
    fs::path name = path;
    name += fmt::format(".{}-{}.tmp", getpid(), counter++);
    return name;
}

fs::path directory_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// Nothing where the file system has no unnamed files; the caller falls back to a named one, whose
// open(2) also tells any other reason.
UniqueFd open_unnamed(const fs::path& directory, mode_t mode) {
    return UniqueFd(open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
}

// A rename is durable only once the directory that holds the name is synced.
void sync_directory_of(const fs::path& path) {
    const UniqueFd directory(open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory) fsync(directory.get());
}

}  // namespace
}  // namespace kiln
