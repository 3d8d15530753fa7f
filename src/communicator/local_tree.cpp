#include "communicator/local_tree.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "communicator/ssh_probe.h"

namespace kiln {
namespace {

constexpr mode_t permission_bits = 0777;
constexpr std::size_t longest_name = 255;

struct DirectoryId {
    dev_t device;
    ino_t inode;
    friend bool operator==(const DirectoryId&, const DirectoryId&) = default;
};

struct stat stat_of(const std::filesystem::path& path);
void visit_content(const std::filesystem::path& directory, TreeVisitor& visitor,
                   std::vector<DirectoryId>& above);
void visit_directory(const std::filesystem::path& directory, const std::string& name,
                     const struct stat& status, TreeVisitor& visitor,
                     std::vector<DirectoryId>& above);

}  // namespace

LocalFile::LocalFile(const std::filesystem::path& path) : path_(path) {
    const struct stat before = stat_of(path);
    if (!S_ISREG(before.st_mode)) {
        throw Error(fmt::format("cannot send {}", path.string()))
            .because(S_ISDIR(before.st_mode) ? "it is a directory" : "it is not a regular file");
    }
    fd_ = open_file(path, O_RDONLY);
    mode_ = before.st_mode & permission_bits;
    size_ = static_cast<std::uint64_t>(before.st_size);
}

std::string LocalFile::read(std::size_t size) {
    std::string bytes(size, '\0');
    ssize_t got = 0;
    do {
        got = ::read(fd_.get(), bytes.data(), size);
    } while (got < 0 && errno == EINTR);
    if (got < 0) throw system_error(fmt::format("cannot read {}", path_.string()), errno);
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
}

LocalTree::LocalTree(const std::string& path)
    : root_(std::filesystem::absolute(path).lexically_normal()),
      content_only_(path.ends_with('/')) {
    if (root_.filename().empty() && root_.has_relative_path()) root_ = root_.parent_path();
    if (!S_ISDIR(stat_of(root_).st_mode)) {
        throw Error(fmt::format("cannot send {} as a directory", path)).because("it is none");
    }
}

void LocalTree::visit(TreeVisitor& visitor) const {
    const struct stat status = stat_of(root_);
    std::vector<DirectoryId> above;
    if (content_only_) {
        above.push_back({status.st_dev, status.st_ino});
        visit_content(root_, visitor, above);
    } else {
        visit_directory(root_, name(), status, visitor, above);
    }
}

void check_received_name(std::string_view name) {
    const bool fine = !name.empty() && name != "." && name != ".." && name.size() <= longest_name &&
                      name.find('/') == std::string_view::npos &&
                      name.find('\0') == std::string_view::npos;
    if (fine) return;
    throw Error(fmt::format("the guest sent \"{}\" as a file name", printable(name)))
        .because("such a name could lead out of the directory that is written to");
}

void make_received_directory(const std::filesystem::path& path) {
    if (mkdir(path.c_str(), 0755) == 0) return;
    const int reason = errno;
    struct stat status {};
    if (reason == EEXIST && lstat(path.c_str(), &status) == 0) {
        if (S_ISDIR(status.st_mode)) return;
        throw Error(fmt::format("cannot make the directory {}", path.string()))
            .because("a file or a symbolic link is in its place");
    }
    throw system_error(fmt::format("cannot make the directory {}", path.string()), reason);
}

namespace {

struct stat stat_of(const std::filesystem::path& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) {
        throw system_error(fmt::format("cannot send {}", path.string()), errno);
    }
    return status;
}

void visit_content(const std::filesystem::path& directory, TreeVisitor& visitor,
                   std::vector<DirectoryId>& above) {
    std::vector<std::filesystem::path> entries;
    std::error_code failure;
    for (std::filesystem::directory_iterator i(directory, failure), end; !failure && i != end;
         i.increment(failure)) {
        entries.push_back(i->path());
    }
    if (failure) {
        throw Error(fmt::format("cannot read the directory {}", directory.string()))
            .because(failure.message());
    }
    std::sort(entries.begin(), entries.end());
    for (const auto& entry : entries) {
        const struct stat status = stat_of(entry);
        if (S_ISDIR(status.st_mode)) {
            visit_directory(entry, entry.filename().string(), status, visitor, above);
        } else {
            LocalFile file(entry);
            visitor.file(file);
        }
    }
}

void visit_directory(const std::filesystem::path& directory, const std::string& name,
                     const struct stat& status, TreeVisitor& visitor,
                     std::vector<DirectoryId>& above) {
    const DirectoryId id{status.st_dev, status.st_ino};
    if (std::find(above.begin(), above.end(), id) != above.end()) {
        throw Error(fmt::format("cannot send {}", directory.string()))
            .because("this link leads back to a directory above it");
    }
    above.push_back(id);
    visitor.enter(name, status.st_mode & permission_bits);
    visit_content(directory, visitor, above);
    visitor.leave();
    above.pop_back();
}

}  // namespace
}  // namespace kiln
