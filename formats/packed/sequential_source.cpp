#include "formats/packed/sequential_source.h"

#include <array>

namespace kiln::formats {

Extent SequentialSource::next_extent(std::uint64_t offset, std::uint64_t) const {
    return {offset, info_.virtual_size - offset, Extent::Kind::Data};
}

void SequentialSource::read(std::uint64_t offset, std::span<std::byte> out) const {
    const std::lock_guard lock(mutex_);
    if (offset < position_) {
        throw Error(fmt::format("{} can only be read from front to back", name_))
            .because("compressed data have no places to go to")
            .with_hint("Convert it to another format first, then use that image.");
    }
    const std::uint64_t gap = offset - position_;
    if (stream_->skip(gap, cancel_) != gap) shorter();
    if (stream_->read(out) != out.size()) shorter();
    position_ = offset + out.size();
    if (position_ != info_.virtual_size) return;
    std::array<std::byte, 1> more;
    if (stream_->read(more) != 0) {
        throw_damaged(name_, fmt::format("it holds more than the {} bytes that it tells of",
                                         info_.virtual_size));
    }
}

void SequentialSource::shorter() const {
    throw_damaged(name_,
                  fmt::format("it holds less than the {} bytes that it tells of or told before",
                              info_.virtual_size));
}

}  // namespace kiln::formats
