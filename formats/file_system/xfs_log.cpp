#include "formats/file_system/xfs_log.h"

#include <algorithm>
#include <optional>

#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kSector = 512;  // the log's unit, whatever the sector size
constexpr std::uint32_t kRecordMagic = 0xFEEDBABE;

/// What a scan over all sectors tells. Each of them begins with the number of the round in which
/// it was written, a record's header with its magic before it.
struct Scan {
    bool in_order = true;     // sectors of this round, then those of the round before
    std::uint32_t cycle = 0;  // of the first sector
    std::uint64_t head = 0;   // the first sector of the round before; 0 when there is none
    std::optional<std::uint64_t> last_record;  // before the head, in the order of writing
};

class Log {
  public:
    Log(const Volume& volume, const XfsSuperblock& super)
        : volume_(volume),
          offset_(super.offset_of(super.log_start, super.log_blocks)),
          sectors_(std::uint64_t{super.log_blocks} * super.block_size / kSector) {}

    bool is_clean() const;

  private:
    Scan scan() const;
    std::vector<std::byte> read_sector(std::uint64_t sector) const;

    const Volume& volume_;
    std::uint64_t offset_;
    std::uint64_t sectors_;
};

}  // namespace

bool xfs_log_is_clean(const Volume& volume, const XfsSuperblock& super) {
    constexpr std::uint64_t kLargest = std::uint64_t{1} << 31;
    if (super.log_blocks == 0 || std::uint64_t{super.log_blocks} * super.block_size > kLargest) {
        xfs_damaged(fmt::format("its log has {} blocks", super.log_blocks));
    }
    return Log(volume, super).is_clean();
}

namespace {

bool Log::is_clean() const {
    constexpr std::uint32_t kHeaderCovers = 32768;  // bytes of a record per sector of its header
    constexpr unsigned kUnmount = 0x20;
    constexpr unsigned kVersion2 = 2;
    const Scan found = scan();
    if (!found.in_order) return false;
    if (found.cycle == 0) return true;  // nothing but zeros: it was never written
    if (!found.last_record) return false;
    const std::vector<std::byte> header = read_sector(*found.last_record);
    const auto length = load_be<std::uint32_t>(header, 12);
    const auto operations = load_be<std::uint32_t>(header, 40);
    std::uint64_t header_sectors = 1;
    if ((load_be<std::uint32_t>(header, 8) & kVersion2) != 0) {
        const auto largest = load_be<std::uint32_t>(header, 320);
        header_sectors = std::max<std::uint64_t>(1, divide_up(largest, kHeaderCovers));
    }
    const std::uint64_t data = *found.last_record + header_sectors;
    const std::uint64_t end = data + divide_up(length, kSector);
    if (operations != 1 || end % sectors_ != found.head) return false;
    const std::vector<std::byte> operation = read_sector(data % sectors_);
    return (std::to_integer<unsigned>(operation[9]) & kUnmount) != 0;
}

Scan Log::scan() const {
    constexpr std::size_t kChunk = 256 * 1024;
    Scan result;
    std::optional<std::uint64_t> head;
    std::optional<std::uint64_t> behind_head;
    std::vector<std::byte> chunk;
    for (std::uint64_t sector = 0; sector < sectors_;) {
        chunk.resize(std::min<std::uint64_t>(kChunk, (sectors_ - sector) * kSector));
        volume_.read(offset_ + sector * kSector, chunk);
        for (std::size_t at = 0; at < chunk.size(); at += kSector, ++sector) {
            const bool record = load_be<std::uint32_t>(chunk, at) == kRecordMagic;
            const auto cycle = load_be<std::uint32_t>(chunk, record ? at + 4 : at);
            if (sector == 0) result.cycle = cycle;
            if (!head && cycle != result.cycle) head = sector;
            if (cycle != (head ? result.cycle - 1 : result.cycle)) result.in_order = false;
            if (record) (head ? behind_head : result.last_record) = sector;
        }
    }
    result.head = head.value_or(0);
    // The last record may have begun at the end of the round before.
    if (!result.last_record) result.last_record = behind_head;
    return result;
}

std::vector<std::byte> Log::read_sector(std::uint64_t sector) const {
    std::vector<std::byte> bytes(kSector);
    volume_.read(offset_ + sector * kSector, bytes);
    return bytes;
}

}  // namespace
}  // namespace kiln::formats
