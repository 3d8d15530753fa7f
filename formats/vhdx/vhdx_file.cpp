#include "formats/vhdx/vhdx_file.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "formats/vhdx/log_replay.h"

namespace kiln::formats::vhdx {

namespace {

constexpr std::uint64_t kWindow = 65536;  // of a table, kept in memory

Header checked_header(const InputFile& file);

}  // namespace

VhdxFile::VhdxFile(InputFile file, std::size_t max_pages)
    : file_(std::move(file)),
      header_(checked_header(file_)),
      size_(file_.size()),
      tables_(file_, kWindow) {
    if (header_.log.is_null()) return;
    LogReplay replay = replay_log(file_, header_, max_pages);
    changes_ = std::move(replay.changes);
    size_ = replay.file_size;
    replayed_ = replay.entries;
}

void VhdxFile::read(std::uint64_t offset, std::span<std::byte> out) const {
    if (!fits(offset, out.size(), size_)) {
        throw Error(fmt::format("{} is damaged", file_.name()))
            .because(fmt::format("{} bytes at {} lie outside of the file", out.size(), offset));
    }
    // Without a log the file has it all, and says so if it has shrunk.
    const std::uint64_t stored =
        offset < file_.size() ? std::min<std::uint64_t>(out.size(), file_.size() - offset) : 0;
    if (stored != 0) file_.read(offset, out.first(stored));
    if (stored != out.size()) std::memset(out.data() + stored, 0, out.size() - stored);
    changes_.apply(offset, out);
}

std::uint64_t VhdxFile::Words::at(std::uint64_t offset) {
    if (window_ && offset - start_ < kWindow && file_.changes_.empty()) {
        return load_le<std::uint64_t>(*window_, offset - start_);
    }
    const std::uint64_t start = offset / kWindow * kWindow;
    if (!fits(start, kWindow, file_.file_.size()) ||
        file_.changes_.touches(offset, sizeof(std::uint64_t))) {
        std::array<std::byte, sizeof(std::uint64_t)> bytes{};
        file_.read(offset, bytes);
        return load_le<std::uint64_t>(bytes, 0);
    }
    window_ = file_.tables_.get(start);
    start_ = start;
    return load_le<std::uint64_t>(*window_, offset - start);
}

FileStretch VhdxFile::stretch(std::uint64_t offset, std::uint64_t length) const {
    if (changes_.touches(offset, length) || !fits(offset, length, file_.size())) {
        return {offset, offset + length, true};
    }
    const std::lock_guard lock(stretch_mutex_);
    if (!last_stretch_.holds(offset)) last_stretch_ = file_.stretch(offset, length);
    return last_stretch_;
}

namespace {

Header checked_header(const InputFile& file) {
    if (!has_file_identifier(file)) refuse(file, "its file type identifier is missing");
    return current_header(file, read_headers(file));
}

}  // namespace
}  // namespace kiln::formats::vhdx
