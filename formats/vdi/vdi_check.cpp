#include "formats/vdi/vdi_check.h"

#include <algorithm>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/file/file_window.h"
#include "formats/vdi/vdi_header.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kBetweenCancels = 65536;

/// The places for blocks behind `data_offset`, and which of them have one.
class Places {
  public:
    Places(const InputFile& file, const vdi::Header& header, CheckReport& report);

    bool holds(std::uint64_t place, std::uint64_t length) const;
    /// False when it is taken already.
    bool take(std::uint64_t place);
    void report_unused(const CancelToken& cancel) const;

  private:
    static constexpr std::uint64_t kMaxJudged = std::uint64_t{1} << 27;  // 16 MiB of memory

    const vdi::Header& header_;
    CheckReport& report_;
    std::uint64_t room_;
    std::uint64_t count_;
    std::vector<bool> taken_;  // empty: not judged
};

}  // namespace

void check_vdi(const InputFile& file, CheckReport& report, const CancelToken& cancel) {
    const vdi::Header header = vdi::Header::read(file);
    Places places(file, header, report);
    FileWindow entries(file);
    std::uint64_t stored = 0;
    const std::uint64_t blocks = divide_up(header.disk_size, header.block_size);
    for (std::uint64_t block = 0; block < blocks; ++block) {
        if (block % kBetweenCancels == 0) cancel.throw_if_cancelled();
        const auto entry = load_le<std::uint32_t>(entries.at(header.map_offset + block * 4, 4), 0);
        if (entry == vdi::kUnused || entry == vdi::kZero) continue;
        ++stored;
        const std::uint64_t length = std::min<std::uint64_t>(
            header.block_size, header.disk_size - block * header.block_size);
        if (!places.holds(entry, length)) {
            report.corruption(
                [&] { return fmt::format("Block {} lies outside of the file.", block); });
        } else if (!places.take(entry)) {
            report.corruption(
                [&] { return fmt::format("Block {} is stored where another one is.", block); });
        }
    }
    if (stored != header.allocated) {
        report.corruption(fmt::format("The header counts {} stored blocks and the map has {}.",
                                      header.allocated, stored));
    }
    places.report_unused(cancel);
}

namespace {

Places::Places(const InputFile& file, const vdi::Header& header, CheckReport& report)
    : header_(header),
      report_(report),
      room_(file.size() - std::min<std::uint64_t>(file.size(), header.data_offset)),
      // A last block that the disk does not fill may be cut.
      count_(divide_up(room_, header.stride())) {
    if (count_ <= kMaxJudged) {
        taken_.resize(count_);
    } else {
        report_.notes.emplace_back("The file has too many blocks to be searched for shared ones.");
    }
}

bool Places::holds(std::uint64_t place, std::uint64_t length) const {
    return place < count_ && room_ - place * header_.stride() >= header_.block_extra + length;
}

bool Places::take(std::uint64_t place) {
    if (taken_.empty()) return true;
    const bool free = !taken_[place];
    taken_[place] = true;
    return free;
}

// A line for each stretch, not for each place: a file may be nothing but unused places.
void Places::report_unused(const CancelToken& cancel) const {
    for (std::uint64_t place = 0; place < taken_.size();) {
        const std::uint64_t first = place;
        while (place < taken_.size() && !taken_[place]) {
            if (++place % kBetweenCancels == 0) cancel.throw_if_cancelled();
        }
        if (place == first) {
            if (++place % kBetweenCancels == 0) cancel.throw_if_cancelled();
            continue;
        }
        const std::uint64_t more = place - first - 1;
        report_.leaks += more;
        if (!report_.lists_more()) {
            ++report_.leaks;
        } else if (more == 0) {
            report_.leak(fmt::format("Place {} in the file belongs to no block.", first));
        } else {
            report_.leak(
                fmt::format("Places {} to {} in the file belong to no block.", first, place - 1));
        }
    }
}

}  // namespace
}  // namespace kiln::formats
