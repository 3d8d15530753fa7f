#include "formats/vhdx/log_replay.h"

#include <algorithm>

#include "base/error.h"
#include "base/size.h"
#include "formats/bytes/checksum.h"

namespace kiln::formats::vhdx {

namespace {

constexpr std::size_t kSector = 4096;
constexpr std::uint64_t kMaxLog = 64 * kMiB;
// Honest entries do not overlap, apart from remnants of older ones; checksums of hostile ones must
// not take for ever.
constexpr std::uint64_t kMaxChecksummed = 8;  // times the log

constexpr std::uint32_t kEntrySignature = 0x65676f6c;   // "loge"
constexpr std::uint32_t kZeroSignature = 0x6f72657a;    // "zero"
constexpr std::uint32_t kDataSignature = 0x63736564;    // "desc"
constexpr std::uint32_t kSectorSignature = 0x61746164;  // "data"
constexpr std::size_t kEntryHeader = 64;
constexpr std::size_t kDescriptor = 32;
constexpr std::size_t kLeading = 8;  // bytes of a page that its descriptor holds
constexpr std::size_t kTrailing = 4;

struct Entry {
    std::uint32_t length = 0;  // 0: there is none at this sector
    std::uint32_t tail = 0;
    std::uint64_t sequence = 0;
};

class LogReader {
  public:
    LogReader(const InputFile& file, const Header& header, std::size_t max_pages);
    LogReplay replay();

  private:
    void find_entries();
    Entry entry_at(std::uint64_t position);
    bool checksum_fits(std::uint64_t position, std::uint32_t length, std::uint32_t expected);
    std::uint64_t find_head() const;
    std::uint64_t chain_length(std::uint64_t head) const;
    const Entry& at(std::uint64_t position) const { return entries_[position / kSector]; }
    const Entry* successor(std::uint64_t position) const;
    void apply(std::uint64_t position, LogReplay& result) const;
    void apply_zeros(std::span<const std::byte> descriptor, LogReplay& result) const;
    void apply_page(std::span<const std::byte> descriptor, std::uint64_t position,
                    LogReplay& result) const;
    void read(std::uint64_t position, std::span<std::byte> out) const;
    [[noreturn]] void damaged(std::string_view reason) const;
    [[noreturn]] void too_large() const;

    const InputFile& file_;
    const Header& header_;
    std::uint64_t size_;
    std::size_t max_pages_;
    std::uint64_t checksummed_ = 0;
    std::vector<Entry> entries_;  // by sector
};

}  // namespace

LogReplay replay_log(const InputFile& file, const Header& header, std::size_t max_pages) {
    return LogReader(file, header, max_pages).replay();
}

namespace {

LogReader::LogReader(const InputFile& file, const Header& header, std::size_t max_pages)
    : file_(file), header_(header), size_(header.log_length), max_pages_(max_pages) {
    if (size_ > kMaxLog) too_large();
}

LogReplay LogReader::replay() {
    find_entries();
    const std::uint64_t head = find_head();
    LogReplay result;
    result.changes = LogOverlay(max_pages_);
    result.file_size = file_.size();
    for (std::uint64_t position = at(head).tail;;
         position = (position + at(position).length) % size_) {
        apply(position, result);
        ++result.entries;
        if (position == head) break;
    }
    std::array<std::byte, kEntryHeader> bytes{};
    read(head, bytes);
    const auto flushed = load_le<std::uint64_t>(bytes, 48);
    const auto last = load_le<std::uint64_t>(bytes, 56);
    if (file_.size() < flushed) {
        refuse(file_, fmt::format("the file is cut off: it has {} bytes and its log knows of {}",
                                  file_.size(), flushed));
    }
    result.file_size = std::max(result.file_size, last);
    return result;
}

void LogReader::find_entries() {
    entries_.resize(size_ / kSector);
    for (std::uint64_t position = 0; position < size_; position += kSector) {
        entries_[position / kSector] = entry_at(position);
    }
}

Entry LogReader::entry_at(std::uint64_t position) {
    std::array<std::byte, kEntryHeader> bytes{};
    read(position, bytes);
    const auto length = load_le<std::uint32_t>(bytes, 8);
    const auto tail = load_le<std::uint32_t>(bytes, 12);
    const auto sequence = load_le<std::uint64_t>(bytes, 16);
    const bool plausible = load_le<std::uint32_t>(bytes, 0) == kEntrySignature &&
                           Guid::load(bytes, 32) == header_.log && length != 0 &&
                           length % kSector == 0 && length <= size_ && tail % kSector == 0 &&
                           tail < size_ && sequence != 0;
    if (!plausible || !checksum_fits(position, length, load_le<std::uint32_t>(bytes, 4))) return {};
    return {length, tail, sequence};
}

bool LogReader::checksum_fits(std::uint64_t position, std::uint32_t length,
                              std::uint32_t expected) {
    checksummed_ += length;
    if (checksummed_ > kMaxChecksummed * size_) damaged("its entries lie one upon the other");
    std::array<std::byte, 16 * kSector> part{};
    std::uint32_t crc = ~std::uint32_t{0};
    for (std::uint64_t done = 0; done < length;) {
        const std::size_t size = std::min<std::uint64_t>(part.size(), length - done);
        read((position + done) % size_, std::span(part).first(size));
        if (done == 0) store_le(part, 4, std::uint32_t{0});
        crc = crc32c(crc, std::span(part).first(size));
        done += size;
    }
    return ~crc == expected;
}

// The last entry of the active sequence.
std::uint64_t LogReader::find_head() const {
    std::vector<std::uint64_t> heads;
    for (std::uint64_t position = 0; position < size_; position += kSector) {
        if (at(position).length != 0 && successor(position) == nullptr) heads.push_back(position);
    }
    std::ranges::stable_sort(heads, std::greater(),
                             [this](std::uint64_t p) { return at(p).sequence; });
    for (const std::uint64_t head : heads) {
        if (chain_length(head) != 0) return head;
    }
    damaged("no sequence of entries in it is whole");
}

// In bytes, from the head's tail up to the head's end; 0 when they are not one sequence.
std::uint64_t LogReader::chain_length(std::uint64_t head) const {
    std::uint64_t position = at(head).tail;
    std::uint64_t length = at(position).length;
    while (position != head && length != 0 && length <= size_) {
        const Entry* next = successor(position);
        if (next == nullptr) return 0;
        position = (position + at(position).length) % size_;
        length += next->length;
    }
    return length <= size_ ? length : 0;
}

const Entry* LogReader::successor(std::uint64_t position) const {
    const Entry& entry = at(position);
    const Entry& next = at((position + entry.length) % size_);
    return next.length != 0 && next.sequence == entry.sequence + 1 ? &next : nullptr;
}

void LogReader::apply(std::uint64_t position, LogReplay& result) const {
    const Entry& entry = at(position);
    std::array<std::byte, kSector> sector{};
    read(position, sector);
    const auto count = load_le<std::uint32_t>(sector, 24);
    const std::uint64_t descriptors =
        round_up(kEntryHeader + std::uint64_t{count} * kDescriptor, kSector);
    if (descriptors > entry.length) damaged("an entry has more descriptors than room");
    std::uint64_t data = descriptors;
    std::size_t in_sector = kEntryHeader;
    std::uint64_t next_sector = kSector;
    for (std::uint32_t i = 0; i < count; ++i, in_sector += kDescriptor) {
        if (in_sector == kSector) {
            read((position + next_sector) % size_, sector);
            next_sector += kSector;
            in_sector = 0;
        }
        const auto descriptor = std::span<const std::byte>(sector).subspan(in_sector, kDescriptor);
        if (load_le<std::uint64_t>(descriptor, 24) != entry.sequence) {
            damaged("a descriptor belongs to another entry");
        }
        switch (load_le<std::uint32_t>(descriptor, 0)) {
            case kZeroSignature:
                apply_zeros(descriptor, result);
                break;
            case kDataSignature:
                if (!fits(data, kSector, entry.length)) damaged("an entry lacks a data sector");
                apply_page(descriptor, (position + data) % size_, result);
                data += kSector;
                break;
            default:
                damaged("a descriptor's signature is missing");
        }
    }
}

void LogReader::apply_zeros(std::span<const std::byte> descriptor, LogReplay& result) const {
    const auto length = load_le<std::uint64_t>(descriptor, 8);
    const auto offset = load_le<std::uint64_t>(descriptor, 16);
    if (offset % kSector != 0 || length % kSector != 0 || offset > ~length) {
        damaged("a range of zeros is not where it can be");
    }
    if (!result.changes.put_zeros(offset, length)) too_large();
}

// The first and the last bytes of the page stand in the descriptor, where the sector itself has its
// signature and its sequence number.
void LogReader::apply_page(std::span<const std::byte> descriptor, std::uint64_t position,
                           LogReplay& result) const {
    const auto offset = load_le<std::uint64_t>(descriptor, 16);
    const auto sequence = load_le<std::uint64_t>(descriptor, 24);
    if (offset % kSector != 0 || offset > ~std::uint64_t{kSector}) {
        damaged("a page is not where it can be");
    }
    std::array<std::byte, kSector> page{};
    read(position, page);
    const std::uint64_t found = std::uint64_t{load_le<std::uint32_t>(page, 4)} << 32 |
                                load_le<std::uint32_t>(page, kSector - kTrailing);
    if (load_le<std::uint32_t>(page, 0) != kSectorSignature || found != sequence) {
        damaged("a data sector belongs to another entry");
    }
    std::ranges::copy(descriptor.subspan(8, kLeading), page.begin());
    std::ranges::copy(descriptor.subspan(4, kTrailing), page.end() - kTrailing);
    if (!result.changes.put(offset, page)) too_large();
}

// Around the end of the ring.
void LogReader::read(std::uint64_t position, std::span<std::byte> out) const {
    const std::size_t first = std::min<std::uint64_t>(out.size(), size_ - position);
    file_.read(header_.log_offset + position, out.first(first));
    if (first != out.size()) file_.read(header_.log_offset, out.subspan(first));
}

void LogReader::damaged(std::string_view reason) const {
    throw Error(fmt::format("the log of {} is damaged", file_.name()))
        .because(reason)
        .with_hint("The image was not closed properly. Take another copy of it.");
}

void LogReader::too_large() const {
    throw Error(fmt::format("the log of {} is too large to be replayed in memory", file_.name()))
        .because(fmt::format("it has {}; up to {} with {} of changes are taken", format_size(size_),
                             format_size(kMaxLog), format_size(max_pages_ * LogOverlay::kPage)))
        .with_hint("Replay it in a copy of the image first: qemu-img check -r all IMAGE");
}

}  // namespace
}  // namespace kiln::formats::vhdx
