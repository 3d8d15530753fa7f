#include "formats/vhdx/bat_writer.h"

#include "formats/bytes/zero.h"

namespace kiln::formats::vhdx {

namespace {
constexpr std::size_t kWindow = 65536;
constexpr std::uint64_t kNoSectorBitmap = 0;
}  // namespace

BatWriter::BatWriter(OutputFile& file, std::uint64_t offset, const Geometry& geometry,
                     std::function<std::uint64_t(std::uint64_t block)> otherwise)
    : file_(file),
      offset_(offset),
      geometry_(geometry),
      otherwise_(std::move(otherwise)),
      window_(kWindow) {}

void BatWriter::set(std::uint64_t block, std::uint64_t entry) {
    fill_up_to(block);
    push(entry);
}

void BatWriter::finish() {
    fill_up_to(geometry_.blocks());
    flush();
}

void BatWriter::fill_up_to(std::uint64_t block) {
    while (next_block_ < block) push(otherwise_(next_block_));
}

// The entry of `next_block_`; before it, between two chunks, the one of a sector bitmap.
void BatWriter::push(std::uint64_t entry) {
    if (next_block_ != 0 && next_block_ % geometry_.chunk_ratio() == 0) store(kNoSectorBitmap);
    store(entry);
    ++next_block_;
}

void BatWriter::store(std::uint64_t entry) {
    store_le(window_, used_, entry);
    used_ += sizeof entry;
    if (used_ == window_.size()) flush();
}

void BatWriter::flush() {
    const auto bytes = std::span<const std::byte>(window_).first(used_);
    if (!is_zero(bytes)) file_.write_at(offset_, bytes);
    offset_ += used_;
    used_ = 0;
}

}  // namespace kiln::formats::vhdx
