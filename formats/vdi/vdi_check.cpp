#include "formats/vdi/vdi_check.h"

#include <algorithm>

#include "base/error.h"
#include "formats/bytes.h"
#include "formats/file_window.h"
#include "formats/vdi/vdi_header.h"

namespace kiln::formats {

void check_vdi(const InputFile& file, CheckReport& report, const CancelToken& cancel) {
    constexpr std::uint64_t kBetweenCancels = 65536;
    constexpr std::uint64_t kMaxJudged = std::uint64_t{1} << 27;  // bits: 16 MiB of memory
    const vdi::Header header = vdi::Header::read(file);
    const std::uint64_t room =
        file.size() - std::min<std::uint64_t>(file.size(), header.data_offset);
    // A last block that the disk does not fill may be cut.
    const std::uint64_t places = divide_up(room, header.stride());
    std::vector<bool> taken(places <= kMaxJudged ? places : 0);
    if (places > kMaxJudged) {
        report.notes.emplace_back("The file has too many blocks to be searched for shared ones.");
    }
    FileWindow entries(file);
    std::uint64_t stored = 0;
    const std::uint64_t blocks = divide_up(header.disk_size, header.block_size);
    for (std::uint64_t block = 0; block < blocks; ++block) {
        if (block % kBetweenCancels == 0) cancel.throw_if_cancelled();
        const std::uint64_t place = header.map_offset + block * 4;
        const auto entry = load_le<std::uint32_t>(entries.at(place, 4), 0);
        if (entry == vdi::kUnused || entry == vdi::kZero) continue;
        ++stored;
        const std::uint64_t length = std::min<std::uint64_t>(
            header.block_size, header.disk_size - block * header.block_size);
        if (entry >= places || room - entry * header.stride() < header.block_extra + length) {
            report.corruption(fmt::format("Block {} lies outside of the file.", block));
            continue;
        }
        if (taken.empty()) continue;
        if (taken[entry])
            report.corruption(fmt::format("Block {} is stored where another one is.", block));
        taken[entry] = true;
    }
    if (stored != header.allocated) {
        report.corruption(fmt::format("The header counts {} stored blocks and the map has {}.",
                                      header.allocated, stored));
    }
    for (std::uint64_t place = 0; place < taken.size(); ++place) {
        if (!taken[place]) {
            report.leak(fmt::format("Place {} in the file belongs to no block.", place));
        }
    }
}

}  // namespace kiln::formats
