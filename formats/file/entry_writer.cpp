#include "formats/file/entry_writer.h"

#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {
constexpr std::size_t kWindow = 65536;
constexpr std::uint32_t kNone = 0xffffffff;
}  // namespace

EntryWriter::EntryWriter(OutputFile& file, std::uint64_t offset, std::uint64_t entries, Order order)
    : file_(file), offset_(offset), entries_(entries), order_(order), window_(kWindow) {}

void EntryWriter::set(std::uint64_t block, std::uint32_t value) {
    while (next_ < block) push(kNone);
    push(value);
}

void EntryWriter::finish() {
    while (next_ < entries_) push(kNone);
    flush();
}

void EntryWriter::push(std::uint32_t value) {
    if (order_ == Order::Big) value = swap_bytes(value);
    store_le(window_, used_, value);
    used_ += sizeof value;
    ++next_;
    if (used_ == window_.size()) flush();
}

void EntryWriter::flush() {
    file_.write_at(offset_, std::span(window_).first(used_));
    offset_ += used_;
    used_ = 0;
}

}  // namespace kiln::formats
