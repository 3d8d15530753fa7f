#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/cancel.h"
#include "base/file.h"
#include "formats/input_file.h"

namespace kiln::formats {

/// A temporary file without a name, filled from front to back; zeros become holes. It is for
/// streams that must be read like a file: image formats keep their tables anywhere. It lies in
/// TMPDIR (or /tmp) and goes with the last InputFile made of it, even when the process is killed.
///
/// Stops with an error before the file system is full: 64 MiB stay free for others.
///
/// One thread at a time.
class Spool {
  public:
    /// `name` is for messages: what is kept here.
    explicit Spool(std::string name);

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
    UniqueFd fd_;
    std::uint64_t size_ = 0;
    std::uint64_t written_ = 0;
    std::uint64_t checked_ = 0;  // `written_` when the free space was last looked at
};

/// All that comes out of a pipe (or any descriptor), as a file. The descriptor stays the caller's.
/// Throws Error when it cannot be read, Cancelled also while nothing comes.
InputFile spool(int fd, const CancelToken& cancel, const std::string& name = "standard input");

}  // namespace kiln::formats
