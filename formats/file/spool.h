#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/cancel.h"
#include "base/file.h"
#include "formats/file/input_file.h"

namespace kiln::formats {

/// A temporary file without a name, filled from front to back; zeros become holes. It is for
/// streams that must be read like a file (image formats keep their tables anywhere), and for what
/// is written behind something that is known only at its end. It goes with the last InputFile made
/// of it, even when the process is killed.
///
/// One thread at a time.
class Spool {
  public:
    /// In TMPDIR (or /tmp), where an error comes before the file system is full: 64 MiB stay free
    /// for others. `name` is for messages: what is kept here.
    explicit Spool(std::string name) : Spool(std::move(name), {}) {}
    /// In a directory that an output goes to.
    Spool(std::string name, std::filesystem::path directory);

    void append(std::span<const std::byte> bytes);
    void append_zeros(std::uint64_t count) { size_ += count; }
    std::uint64_t size() const { return size_; }
    /// The content for reading. Nothing may be appended afterwards.
    InputFile finish();

  private:
    void write(std::uint64_t offset, std::span<const std::byte> bytes);
    void check_space();
    [[noreturn]] void fail_full() const;

    std::string name_;
    std::filesystem::path directory_;  // empty: the one for temporary files
    UniqueFd fd_;
    std::uint64_t size_ = 0;
    std::uint64_t written_ = 0;
    std::uint64_t checked_ = 0;  // `written_` when the free space was last looked at
};

/// All that comes out of a pipe (or any descriptor), as a file. The descriptor stays the caller's.
/// Throws Error when it cannot be read, Cancelled also while nothing comes.
InputFile spool(int fd, const CancelToken& cancel, const std::string& name = "standard input");

}  // namespace kiln::formats
