#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/error.h"
#include "base/file.h"

namespace kiln {

/// A local file to send, opened, with what the guest is told about it.
class LocalFile {
  public:
    /// Follows symbolic links. Throws Error unless `path` is a regular file.
    explicit LocalFile(const std::filesystem::path& path);

    std::string name() const { return path_.filename().string(); }
    const std::filesystem::path& path() const { return path_; }
    mode_t mode() const { return mode_; }
    std::uint64_t size() const { return size_; }
    /// Reads up to `size` bytes; empty at the end.
    std::string read(std::size_t size);

  private:
    std::filesystem::path path_;
    UniqueFd fd_;
    mode_t mode_ = 0;
    std::uint64_t size_ = 0;
};

/// Receives what a local directory holds, in the order of names, each directory's content between
/// `enter` and `leave`.
class TreeVisitor {
  public:
    virtual ~TreeVisitor() = default;
    virtual void enter(const std::string& name, mode_t mode) = 0;
    virtual void leave() = 0;
    virtual void file(LocalFile& file) = 0;
};

/// A local directory to send, as an upload names it: with a slash at the end its content is meant,
/// otherwise the directory itself with its name.
class LocalTree {
  public:
    /// Throws Error unless `path` names a directory.
    explicit LocalTree(const std::string& path);

    bool content_only() const { return content_only_; }
    std::string name() const { return root_.filename().string(); }
    /// Visits the content; and the directory itself around it, unless `content_only`. Symbolic
    /// links are followed; one that leads back to a directory above itself is an Error, as is
    /// whatever is neither file nor directory.
    void visit(TreeVisitor& visitor) const;

  private:
    std::filesystem::path root_;
    bool content_only_;
};

/// Refuses the names by which a guest could make kiln write outside the directory it was told to
/// fetch into: empty, `.`, `..`, with a slash or a NUL byte, longer than a file name can be.
void check_received_name(std::string_view name);

/// Makes a directory to receive into, unless it is there. A symbolic link in its place is refused.
void make_received_directory(const std::filesystem::path& path);

/// How deep a directory tree from the guest may be.
constexpr int deepest_received_tree = 128;

}  // namespace kiln
