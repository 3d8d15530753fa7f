#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "formats/file/input_file.h"

namespace kiln::formats {

/// Reads small parts of a file that follow each other through one buffer: tables of block entries,
/// bitmaps. One thread at a time. Throws Error when a part is not within the file.
class FileWindow {
  public:
    static constexpr std::size_t kSize = 4096;

    explicit FileWindow(const InputFile& file) : file_(file) {}

    /// At most `kSize` bytes, valid until the next call.
    std::span<const std::byte> at(std::uint64_t offset, std::size_t length) {
        if (offset < begin_ || offset - begin_ > filled_ || filled_ - (offset - begin_) < length) {
            const std::uint64_t left = offset < file_.size() ? file_.size() - offset : 0;
            filled_ = 0;
            const auto wanted =
                std::max<std::uint64_t>(length, std::min<std::uint64_t>(left, kSize));
            file_.read(offset, std::span(buffer_).first(wanted));
            begin_ = offset;
            filled_ = wanted;
        }
        return std::span<const std::byte>(buffer_).subspan(offset - begin_, length);
    }

  private:
    const InputFile& file_;
    std::array<std::byte, kSize> buffer_;
    std::uint64_t begin_ = 0;
    std::size_t filled_ = 0;
};

}  // namespace kiln::formats
