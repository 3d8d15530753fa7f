#include "formats/qcow2/qcow2_check.h"

#include <limits>

#include "formats/bytes/bytes.h"
#include "formats/qcow2/qcow2_header.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kMaxClusters = std::uint64_t{1} << 25;
// Snapshots may share tables, so that those are walked several times; a hostile file could ask for
// that without end.
constexpr std::uint64_t kMaxTableBytes = std::uint64_t{16} << 30;
constexpr std::uint16_t kManyReferences = std::numeric_limits<std::uint16_t>::max();

class Qcow2Check {
  public:
    Qcow2Check(const InputFile& file, CheckReport& report, const CancelToken& cancel);
    void run();

  private:
    void take_header();
    void walk_l1(std::uint64_t offset, std::uint64_t entries, bool active, const std::string& what);
    void walk_l2(std::uint64_t offset, std::uint64_t l1_index, bool active);
    void take_cluster(std::uint64_t entry, std::uint64_t bitmap, std::uint64_t guest);
    void take_snapshots();
    void take_bitmaps();
    void take_bitmap(const Qcow2Bitmap& bitmap);
    void read_refcount_table();
    void compare_refcounts();
    static std::string sentence(std::string text);
    void read_refcounts(std::uint64_t index, std::span<const std::byte> block);
    void check_copied_flag(std::uint64_t cluster, std::uint64_t entry);
    bool take_metadata(std::uint64_t offset, std::uint64_t bytes, const std::string& what);
    void take(std::uint64_t offset, std::uint64_t bytes);
    std::uint64_t cluster_count() const { return expected_.size(); }

    InputFile file_;
    CheckReport& report_;
    const CancelToken& cancel_;
    Qcow2Header header_;
    std::uint64_t cluster_;
    // Both end at kManyReferences.
    std::vector<std::uint16_t> expected_;
    std::vector<std::uint16_t> stored_;
    std::vector<bool> metadata_;
    std::uint64_t table_bytes_read_ = 0;
};

}  // namespace

void check_qcow2(const InputFile& file, CheckReport& report, const CancelToken& cancel) {
    Qcow2Check(file, report, cancel).run();
}

namespace {

Qcow2Check::Qcow2Check(const InputFile& file, CheckReport& report, const CancelToken& cancel)
    : file_(file),
      report_(report),
      cancel_(cancel),
      header_(Qcow2Header::decode(file)),
      cluster_(header_.cluster_size()) {
    const std::uint64_t clusters = divide_up(file_.size(), cluster_);
    if (clusters > kMaxClusters) {
        throw Error(fmt::format("{} has too many clusters to be checked", file_.name()))
            .because(fmt::format("{} of {} bytes", clusters, cluster_));
    }
    expected_.resize(clusters);
    stored_.resize(clusters);
    metadata_.resize(clusters);
}

void Qcow2Check::run() {
    take_header();
    read_refcount_table();
    walk_l1(header_.l1_offset, header_.l1_size, true, "the L1 table");
    take_snapshots();
    take_bitmaps();
    compare_refcounts();
}

void Qcow2Check::take_header() {
    take_metadata(0, std::min(cluster_, file_.size()), "the header");
    if ((header_.incompatible & Qcow2Header::kCorrupt) != 0) {
        report_.corruption("The image is marked as corrupt.");
    }
    if ((header_.incompatible & Qcow2Header::kDirty) != 0) {
        report_.notes.emplace_back(
            "The image was not closed cleanly: its reference counts may be out of date.");
    }
}

void Qcow2Check::walk_l1(std::uint64_t offset, std::uint64_t entries, bool active,
                         const std::string& what) {
    if (entries == 0 || !take_metadata(offset, entries * 8, what)) return;
    std::vector<std::uint64_t> l1(entries);
    file_.read(offset, std::as_writable_bytes(std::span(l1)));
    for (std::uint64_t i = 0; i < entries; ++i) {
        cancel_.throw_if_cancelled();
        const std::uint64_t entry = swap_bytes(l1[i]);
        const std::uint64_t table = entry & qcow2::kOffsetMask;
        if (table == 0) continue;
        if (!take_metadata(table, cluster_, fmt::format("L2 table {} of {}", i, what))) continue;
        if (active) check_copied_flag(table / cluster_, entry);
        walk_l2(table, i, active);
    }
}

void Qcow2Check::walk_l2(std::uint64_t offset, std::uint64_t l1_index, bool active) {
    table_bytes_read_ += cluster_;
    if (table_bytes_read_ > kMaxTableBytes) {
        throw Error(fmt::format("{} has too many tables to be checked", file_.name()));
    }
    std::vector<std::byte> table(cluster_);
    file_.read(offset, table);
    for (std::uint64_t i = 0; i < header_.l2_entries(); ++i) {
        const std::uint64_t position = i * header_.l2_entry_size();
        const auto entry = load_be<std::uint64_t>(table, position);
        const std::uint64_t bitmap =
            header_.extended_l2() ? load_be<std::uint64_t>(table, position + 8) : 0;
        const std::uint64_t guest = l1_index * header_.l2_span() + i * cluster_;
        take_cluster(entry, bitmap, guest);
        const std::uint64_t host = entry & qcow2::kOffsetMask;
        const bool plain = (entry & qcow2::kCompressedCluster) == 0 && host != 0;
        if (active && plain && host / cluster_ < cluster_count()) {
            check_copied_flag(host / cluster_, entry);
        }
    }
}

void Qcow2Check::take_cluster(std::uint64_t entry, std::uint64_t bitmap, std::uint64_t guest) {
    if ((entry & qcow2::kCompressedCluster) != 0) {
        const qcow2::CompressedRange range = qcow2::compressed_range(entry, header_);
        if (range.offset >= file_.size()) {
            report_.corruption(fmt::format(
                "The compressed cluster for guest offset {} lies outside of the file.", guest));
            return;
        }
        const std::uint64_t start = range.offset / 512 * 512;
        take(start, range.offset + range.size - start);
        return;
    }
    const std::uint64_t host = entry & qcow2::kOffsetMask;
    if ((bitmap & bitmap >> 32 & 0xffffffff) != 0) {
        report_.corruption(
            fmt::format("A subcluster at guest offset {} is stored and zero at once.", guest));
    }
    if (host == 0) return;
    if (host % cluster_ != 0) {
        report_.corruption(fmt::format("The cluster for guest offset {} is not aligned.", guest));
        return;
    }
    if (host >= file_.size()) {
        report_.corruption(
            fmt::format("The cluster for guest offset {} lies outside of the file.", guest));
        return;
    }
    if (metadata_[host / cluster_]) {
        report_.corruption(
            fmt::format("The cluster for guest offset {} overlaps a table at {}.", guest, host));
    }
    take(host, cluster_);
}

void Qcow2Check::take_snapshots() {
    if (header_.snapshot_count == 0) return;
    try {
        const Qcow2SnapshotTable table = read_qcow2_snapshots(file_, header_);
        take_metadata(header_.snapshots_offset, table.size, "the snapshot table");
        for (const Qcow2Snapshot& snapshot : table.snapshots) {
            if (std::uint64_t{snapshot.l1_size} * 8 > qcow2::kMaxL1Bytes) {
                report_.corruption(fmt::format("Snapshot {} has an L1 table that is too large.",
                                               snapshot.info.id));
                continue;
            }
            walk_l1(snapshot.l1_offset, snapshot.l1_size, false,
                    fmt::format("snapshot {}'s L1 table", snapshot.info.id));
        }
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        report_.corruption(fmt::format("The snapshot table cannot be read: {}.", error.what()));
    }
}

void Qcow2Check::take_bitmaps() {
    if (!header_.has_bitmaps()) return;
    if (!take_metadata(header_.bitmap_directory_offset, header_.bitmap_directory_size,
                       "the bitmap directory")) {
        return;
    }
    try {
        for (const Qcow2Bitmap& bitmap : read_qcow2_bitmaps(file_, header_)) take_bitmap(bitmap);
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        report_.corruption(fmt::format("The bitmaps cannot be read: {}.", error.what()));
    }
}

void Qcow2Check::take_bitmap(const Qcow2Bitmap& bitmap) {
    const std::uint64_t bytes = std::uint64_t{bitmap.table_size} * 8;
    const std::string what = fmt::format("the table of the bitmap {}", bitmap.name);
    if (bytes > qcow2::kMaxL1Bytes) {
        report_.corruption(sentence(what + " is too large."));
        return;
    }
    if (bytes == 0 || !take_metadata(bitmap.table_offset, bytes, what)) return;
    std::vector<std::uint64_t> table(bitmap.table_size);
    file_.read(bitmap.table_offset, std::as_writable_bytes(std::span(table)));
    for (const std::uint64_t entry : table) {
        cancel_.throw_if_cancelled();
        const std::uint64_t place = swap_bytes(entry) & qcow2::kOffsetMask;
        // A part that is all 0 or all 1 is not stored.
        if (place != 0)
            take_metadata(place, std::min(cluster_, file_.size() - std::min(place, file_.size())),
                          "a part of " + what);
    }
}

void Qcow2Check::read_refcount_table() {
    const std::uint64_t bytes = header_.refcount_table_clusters * cluster_;
    if (bytes == 0) {
        report_.corruption("There is no refcount table.");
        return;
    }
    if (!take_metadata(header_.refcount_table_offset, bytes, "the refcount table")) return;
    std::vector<std::uint64_t> table(bytes / 8);
    file_.read(header_.refcount_table_offset, std::as_writable_bytes(std::span(table)));
    std::vector<std::byte> block(cluster_);
    for (std::size_t i = 0; i < table.size(); ++i) {
        const std::uint64_t place = swap_bytes(table[i]) & ~std::uint64_t{511};
        if (place == 0) continue;
        if (!take_metadata(place, cluster_, fmt::format("refcount block {}", i))) continue;
        file_.read(place, block);
        read_refcounts(i, block);
    }
}

void Qcow2Check::read_refcounts(std::uint64_t index, std::span<const std::byte> block) {
    const unsigned bits = 1U << header_.refcount_order;
    const std::uint64_t per_block = cluster_ * 8 / bits;
    const std::uint64_t first = index * per_block;
    for (std::uint64_t i = 0; i < per_block && first + i < cluster_count(); ++i) {
        std::uint64_t value = 0;
        if (bits < 8) {
            const auto byte = std::to_integer<unsigned>(block[i * bits / 8]);
            value = byte >> i * bits % 8 & ((1U << bits) - 1);
        }
        for (unsigned b = 0; b < bits / 8; ++b) {
            value = value << 8 | std::to_integer<unsigned>(block[i * bits / 8 + b]);
        }
        stored_[first + i] =
            static_cast<std::uint16_t>(std::min<std::uint64_t>(value, kManyReferences));
    }
}

void Qcow2Check::compare_refcounts() {
    for (std::uint64_t cluster = 0; cluster < cluster_count(); ++cluster) {
        if (cluster % 4096 == 0) cancel_.throw_if_cancelled();
        const std::uint64_t stored = stored_[cluster];
        const std::uint64_t expected = expected_[cluster];
        if (stored == expected) continue;
        const std::string numbers = fmt::format(
            "Cluster {} has the reference count {} and {} references", cluster, stored, expected);
        if (stored < expected) report_.corruption(numbers + ".");
        if (stored > expected) report_.leak(numbers + ": a leak.");
    }
}

void Qcow2Check::check_copied_flag(std::uint64_t cluster, std::uint64_t entry) {
    const bool copied = (entry & qcow2::kCopied) != 0;
    if (copied != (stored_[cluster] == 1)) {
        report_.corruption(fmt::format(
            "The COPIED flag of cluster {} does not fit its reference count.", cluster));
    }
}

// False when the range cannot be used.
bool Qcow2Check::take_metadata(std::uint64_t offset, std::uint64_t bytes, const std::string& what) {
    if (offset % cluster_ != 0 || !fits(offset, bytes, file_.size())) {
        report_.corruption(sentence(
            fmt::format("{} at {} is not aligned or lies outside of the file.", what, offset)));
        return false;
    }
    bool overlaps = false;
    for (std::uint64_t i = offset / cluster_; i < divide_up(offset + bytes, cluster_); ++i) {
        // Tables that snapshots share are counted and are not in each other's way.
        overlaps = overlaps || (expected_[i] != 0 && header_.snapshot_count == 0);
        metadata_[i] = true;
    }
    take(offset, bytes);
    if (overlaps) {
        report_.corruption(
            sentence(fmt::format("{} at {} overlaps another table or data.", what, offset)));
    }
    return !overlaps;
}

std::string Qcow2Check::sentence(std::string text) {
    if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

void Qcow2Check::take(std::uint64_t offset, std::uint64_t bytes) {
    const std::uint64_t last = std::min(divide_up(offset + bytes, cluster_), cluster_count());
    for (std::uint64_t i = offset / cluster_; i < last; ++i) {
        if (expected_[i] != std::numeric_limits<std::uint16_t>::max()) ++expected_[i];
    }
}

}  // namespace
}  // namespace kiln::formats
