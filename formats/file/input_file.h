#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/file.h"

namespace kiln::formats {

/// A part of a file that it stores, or that is a hole.
struct FileStretch {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool data = false;
    bool holds(std::uint64_t offset) const { return begin <= offset && offset < end; }
};

/// An image file opened for reading, or a window of one (a disk inside an OVA). Copies share the
/// descriptor. All members may be called from any thread.
class InputFile {
  public:
    /// Opens a regular file or a block device. Throws kiln::Error for anything else: a pipe has no
    /// extents, and a directory or a socket is a mistake.
    static InputFile open(const std::filesystem::path& path);
    /// A regular file that has no path (formats/spool.h). `name` is for messages.
    static InputFile adopt(UniqueFd fd, std::string name);

    /// The part [offset, offset + size), which lies within this one.
    InputFile window(std::uint64_t offset, std::uint64_t size, const std::string& name) const;

    std::uint64_t size() const { return size_; }
    /// For messages: the path, with the member's name for a window.
    const std::string& name() const { return name_; }
    const std::filesystem::path& path() const { return path_; }
    /// Bytes on disk; for a window its size.
    std::uint64_t allocated() const;

    /// Fills `out`; throws when the range is not within the file or the file has shrunk.
    void read(std::uint64_t offset, std::span<std::byte> out) const;
    /// From `offset` to where data and holes meet next, as lseek(2) with SEEK_DATA and SEEK_HOLE
    /// sees them. Everything is data where the file system does not know. A hole punched meanwhile
    /// may make it data for `length` bytes, at least one.
    FileStretch stretch(std::uint64_t offset, std::uint64_t length) const;

  private:
    std::uint64_t seek(std::uint64_t offset, int whence) const;
    void check_size() const;
    [[noreturn]] void throw_shrunk() const;

    std::shared_ptr<const UniqueFd> fd_;
    std::filesystem::path path_;
    std::string name_;
    std::uint64_t base_ = 0;
    std::uint64_t size_ = 0;
    bool is_window_ = false;
};

}  // namespace kiln::formats
