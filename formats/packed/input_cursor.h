#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "formats/file/input_file.h"

namespace kiln::formats {

/// The bytes of a file from front to back through a buffer, for decoders. One thread at a time.
class InputCursor {
  public:
    /// How far `step_back` can always go: what a decoder may have taken too much.
    static constexpr std::size_t kHeadroom = 16;
    static constexpr std::size_t kBuffer = std::size_t{256} << 10;

    /// A smaller buffer is for what is short: all of it is read at once.
    explicit InputCursor(InputFile file, std::uint64_t offset = 0, std::size_t buffer = kBuffer);

    const InputFile& file() const { return file_; }
    std::uint64_t position() const { return position_ - (filled_ - next_); }
    std::uint64_t left() const { return file_.size() - position(); }

    /// What comes next, as much as is there without reading; empty only at the end.
    std::span<const std::byte> peek();
    /// At most what `peek` gave.
    void consume(std::size_t count) { next_ += count; }
    /// At most `kHeadroom` bytes, and not before the place where the cursor began.
    void step_back(std::size_t count) { next_ -= count; }
    /// False when the file ends before.
    bool read_exactly(std::span<std::byte> out);
    bool skip(std::uint64_t count);

  private:
    InputFile file_;
    std::uint64_t position_;  // behind the buffer
    std::vector<std::byte> buffer_;
    std::size_t next_ = kHeadroom;
    std::size_t filled_ = kHeadroom;
};

}  // namespace kiln::formats
