#include "formats/packed/piece_spool.h"

#include <array>
#include <chrono>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/packed/input_cursor.h"

namespace kiln::formats {

namespace {
constexpr std::size_t kHead = 12;  // offset and length
constexpr std::size_t kBuffer = std::size_t{1} << 20;
constexpr std::ptrdiff_t kMostHeld = 16;  // by a digest that is slower than the disk
constexpr std::chrono::milliseconds kCancelInterval{50};
}  // namespace

void PieceSpool::append(const Piece& piece) {
    if (buffer_.size() + kHead + piece.bytes.size() > kBuffer) flush();
    std::array<std::byte, kHead> head;
    store_le(head, 0, piece.guest_offset);
    store_le(head, 8, static_cast<std::uint32_t>(piece.bytes.size()));
    buffer_.reserve(kBuffer);
    buffer_.insert(buffer_.end(), head.begin(), head.end());
    buffer_.insert(buffer_.end(), piece.bytes.begin(), piece.bytes.end());
    ++pieces_;
}

void PieceSpool::replay(
    const CancelToken& cancel,
    const std::function<void(std::uint64_t guest_offset, const Bytes& bytes)>& take) {
    flush();
    buffer_ = {};
    InputCursor input(spool_.finish());
    const auto slots = std::make_shared<Slots>(kMostHeld);
    std::array<std::byte, kHead> head;
    for (; pieces_ != 0; --pieces_) {
        cancel.throw_if_cancelled();
        bool whole = input.read_exactly(head);
        const auto length = whole ? load_le<std::uint32_t>(head, 8) : 0;
        const auto bytes = make_bytes(length, slots, cancel);
        whole = whole && input.read_exactly(*bytes);
        if (!whole) throw Error(fmt::format("{} has changed meanwhile", input.file().name()));
        take(load_le<std::uint64_t>(head, 0), bytes);
    }
}

// A slot comes back when the bytes go, from whatever thread.
std::shared_ptr<std::vector<std::byte>> PieceSpool::make_bytes(std::size_t size,
                                                               const std::shared_ptr<Slots>& slots,
                                                               const CancelToken& cancel) {
    while (!slots->try_acquire_for(kCancelInterval)) cancel.throw_if_cancelled();
    auto bytes = std::make_unique<std::vector<std::byte>>(size);
    return {bytes.release(), [slots](std::vector<std::byte>* gone) {
                std::default_delete<std::vector<std::byte>>()(gone);
                slots->release();
            }};
}

void PieceSpool::flush() {
    spool_.append(buffer_);
    buffer_.clear();
}

}  // namespace kiln::formats
