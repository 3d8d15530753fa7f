#include "formats/packed/input_cursor.h"

#include <algorithm>
#include <cstring>

namespace kiln::formats {

InputCursor::InputCursor(InputFile file, std::uint64_t offset, std::size_t buffer)
    : file_(std::move(file)), position_(offset), buffer_(kHeadroom + buffer) {}

std::span<const std::byte> InputCursor::peek() {
    if (next_ == filled_ && position_ < file_.size()) {
        std::memmove(buffer_.data(), buffer_.data() + filled_ - kHeadroom, kHeadroom);
        const auto part = std::span(buffer_).subspan(kHeadroom).first(
            std::min<std::uint64_t>(buffer_.size() - kHeadroom, file_.size() - position_));
        file_.read(position_, part);
        position_ += part.size();
        next_ = kHeadroom;
        filled_ = kHeadroom + part.size();
    }
    return std::span(buffer_).subspan(next_, filled_ - next_);
}

bool InputCursor::read_exactly(std::span<std::byte> out) {
    while (!out.empty()) {
        const auto have = peek();
        if (have.empty()) return false;
        const std::size_t count = std::min(have.size(), out.size());
        std::memcpy(out.data(), have.data(), count);
        consume(count);
        out = out.subspan(count);
    }
    return true;
}

bool InputCursor::skip(std::uint64_t count) {
    if (count > left()) return false;
    const std::uint64_t buffered = std::min<std::uint64_t>(count, filled_ - next_);
    next_ += buffered;
    if (count > buffered) {
        position_ += count - buffered;
        next_ = filled_ = kHeadroom;
    }
    return true;
}

}  // namespace kiln::formats
