#include "formats/vmdk/sparse_check.h"

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {

// A hostile directory can name many tables over and over; no more grains than this are looked at.
constexpr std::uint64_t kMaxGrains = std::uint64_t{1} << 28;
// Places of grains are remembered in one bit each: at most 64 MiB of them, of files up to 256 GiB
// with grains of one sector and 32 TiB with the usual ones.
constexpr std::uint64_t kMaxPlaces = std::uint64_t{1} << 29;

class SparseCheck {
  public:
    SparseCheck(const SparseExtent& extent, CheckReport& report, const CancelToken& cancel)
        : extent_(extent), geometry_(extent.geometry()), report_(report), cancel_(cancel) {}
    SparseCheckResult run();

  private:
    struct Table {
        std::uint64_t position = 0;
        std::uint64_t number = 0;
    };
    void guard(std::uint64_t index, const std::function<void()>& work);
    void find_tables();
    bool tables_lie_apart();
    void check_table(std::uint64_t index);
    void check_grain(std::uint64_t grain, std::uint64_t position);
    void remember(std::uint64_t grain, std::uint64_t position);
    bool covers_grain(std::uint64_t position, std::uint64_t size) const;

    const SparseExtent& extent_;
    const SparseExtent::Geometry& geometry_;
    CheckReport& report_;
    const CancelToken& cancel_;
    SparseCheckResult result_;
    std::vector<Table> tables_;
    std::vector<bool> places_;  // of one grain each
    std::uint64_t phase_ = 0;   // where the first of them begins
    bool places_known_ = true;
};

void check_redundant_tables(const HostedSparse& extent, CheckReport& report,
                            const CancelToken& cancel);
void walk_stream(const HostedSparse& extent, std::uint64_t stored_grains, CheckReport& report,
                 const CancelToken& cancel);

}  // namespace

SparseCheckResult check_sparse_extent(const SparseExtent& extent, CheckReport& report,
                                      const CancelToken& cancel) {
    return SparseCheck(extent, report, cancel).run();
}

void check_hosted_sparse(const HostedSparse& extent, CheckReport& report,
                         const CancelToken& cancel) {
    const VmdkHeader& header = extent.header();
    if (header.unclean_shutdown) report.notes.emplace_back("The disk was not closed cleanly.");
    if (header.overhead > extent.file().size() / kVmdkSector) {
        report.corruption("The header says that grains begin behind the end of the file.");
        return;
    }
    const SparseCheckResult tables = check_sparse_extent(extent, report, cancel);
    if (header.has_redundant_tables()) check_redundant_tables(extent, report, cancel);
    if (header.has_markers() && report.corruptions == 0) {
        walk_stream(extent, tables.stored_grains, report, cancel);
    }
}

void check_embedded_descriptor(const HostedSparse& extent, CheckReport& report) try {
    if (!extent.has_descriptor()) return;
    const VmdkDescriptor& descriptor = extent.descriptor();
    const std::vector<VmdkExtentLine> lines = descriptor.extent_lines();
    if (!descriptor.has_cid) report.notes.emplace_back("The descriptor has no content ID.");
    if (lines.size() != 1 || lines[0].type != VmdkExtentLine::Type::Sparse) {
        report.corruption("The embedded descriptor does not name one sparse extent.");
    } else if (lines[0].sectors != extent.header().capacity) {
        report.corruption(fmt::format("The descriptor says {} sectors and the header {}.",
                                      lines[0].sectors, extent.header().capacity));
    }
} catch (const Error& error) {
    report.corruption(fmt::format("In the descriptor {}.", error.what()));
}

namespace {

SparseCheckResult SparseCheck::run() {
    find_tables();
    if (!tables_lie_apart()) return result_;
    for (const Table& table : tables_) {
        cancel_.throw_if_cancelled();
        guard(table.number, [&] { check_table(table.number); });
        if (result_.stored_grains > kMaxGrains) {
            throw Error(fmt::format("{} has too many grains to be checked", extent_.file().name()));
        }
    }
    for (const Table& table : tables_) {
        if (!covers_grain(table.position, geometry_.table_bytes)) continue;
        report_.corruption(fmt::format("A grain lies over grain table {}.", table.number));
    }
    if (!places_known_) {
        report_.notes.emplace_back("Whether grains lie over each other was not checked.");
    }
    return result_;
}

// What is wrong with one table does not hinder the look at the others.
void SparseCheck::guard(std::uint64_t index, const std::function<void()>& work) try {
    work();
} catch (const Error& error) {
    report_.corruption(fmt::format("Grain table {}: {}.", index, error.what()));
}

void SparseCheck::find_tables() {
    const std::uint64_t tables = extent_.tables();
    for (std::uint64_t index = 0; index < tables; ++index) {
        if (index % 4096 == 0) cancel_.throw_if_cancelled();
        guard(index, [&] {
            const std::uint64_t position = extent_.table_position(index);
            if (position == 0) return;
            if (fits(position, geometry_.table_bytes, extent_.file().size())) {
                tables_.push_back({position, index});
            } else {
                report_.corruption(fmt::format("Grain table {} lies outside of the file.", index));
            }
        });
    }
}

bool SparseCheck::tables_lie_apart() {
    std::vector<std::uint64_t> positions;
    for (const Table& table : tables_) positions.push_back(table.position);
    std::sort(positions.begin(), positions.end());
    for (std::size_t i = 1; i < positions.size(); ++i) {
        if (positions[i] - positions[i - 1] >= geometry_.table_bytes) continue;
        report_.corruption(
            fmt::format("Two grain tables lie over each other at byte {}.", positions[i]));
        return false;
    }
    return true;
}

void SparseCheck::check_table(std::uint64_t index) {
    const TableCache::Table table = extent_.table(index);
    const std::uint64_t first = index * geometry_.table_entries;
    const std::uint64_t count = std::min(geometry_.table_entries, extent_.grains() - first);
    for (std::uint64_t entry = 0; entry < count; ++entry) {
        const SparseExtent::Place place = extent_.place(*table, entry);
        if (place.kind == Extent::Kind::Data) check_grain(first + entry, place.position);
    }
}

void SparseCheck::check_grain(std::uint64_t grain, std::uint64_t position) {
    ++result_.stored_grains;
    // The last grain may end with the disk; of a compressed one the length is in the file.
    const std::uint64_t rest = geometry_.size - grain * geometry_.grain_bytes;
    const std::uint64_t least =
        extent_.plain() ? std::min(geometry_.grain_bytes, rest) : kVmdkSector;
    if (!fits(position, least, extent_.file().size())) {
        report_.corruption(fmt::format("Grain {} lies outside of the file.", grain));
    } else if (position < extent_.least_grain_position()) {
        report_.corruption(fmt::format("Grain {} lies in the tables.", grain));
    } else if (extent_.plain()) {
        remember(grain, position);
    }
}

// The grains of a file lie at multiples of their size from the first one. Where they do not, a bit
// could mean two places, and nothing is said.
void SparseCheck::remember(std::uint64_t grain, std::uint64_t position) {
    const std::uint64_t unit = geometry_.grain_bytes;
    const std::uint64_t places = divide_up(extent_.file().size(), unit);
    if (places_.empty() && places <= kMaxPlaces) {
        places_.resize(places);
        phase_ = position % unit;
    }
    places_known_ = places_known_ && !places_.empty() && position % unit == phase_;
    if (!places_known_) return;
    if (places_[position / unit]) {
        report_.corruption(fmt::format("Grain {} lies where another one lies.", grain));
    }
    places_[position / unit] = true;
}

bool SparseCheck::covers_grain(std::uint64_t position, std::uint64_t size) const {
    if (places_.empty() || !places_known_ || position + size <= phase_) return false;
    const std::uint64_t unit = geometry_.grain_bytes;
    // From the grain that would have the table's first byte to the one that would have its last.
    const std::uint64_t first = position < phase_ ? 0 : (position - phase_) / unit;
    const std::uint64_t last = (position + size - 1 - phase_) / unit;
    for (std::uint64_t i = first; i <= last && i < places_.size(); ++i) {
        if (places_[i]) return true;
    }
    return false;
}

void check_redundant_tables(const HostedSparse& extent, CheckReport& report,
                            const CancelToken& cancel) {
    const VmdkHeader& header = extent.header();
    const std::uint64_t directory = header.redundant_directory_offset;
    if (!fits(directory, divide_up(extent.tables() * 4, kVmdkSector),
              extent.file().size() / kVmdkSector)) {
        report.corruption("The redundant grain directory lies outside of the file.");
        return;
    }
    std::vector<std::byte> copy(extent.geometry().table_bytes);
    for (std::uint64_t index = 0; index < extent.tables(); ++index) {
        cancel.throw_if_cancelled();
        const std::uint64_t place = extent.redundant_table_position(index);
        const std::uint64_t primary = extent.table_position(index);
        if ((place == 0) != (primary == 0) || (place != 0 && place == primary)) {
            report.corruption(fmt::format(
                "Of grain table {} there are not two copies as the header says.", index));
            continue;
        }
        if (place == 0) continue;
        if (!fits(place, copy.size(), extent.file().size())) {
            report.corruption(
                fmt::format("The copy of grain table {} lies outside of the file.", index));
            continue;
        }
        if (!fits(primary, copy.size(), extent.file().size())) continue;  // has been told
        extent.file().read(place, copy);
        if (*extent.table(index) != copy) {
            report.corruption(fmt::format("The two copies of grain table {} differ.", index));
        }
    }
}

// "Stream-Optimized Compressed Sparse Extents": markers and what they announce, end to end. QEMU
// writes its tables in front and ends with the last grain.
void walk_stream(const HostedSparse& extent, std::uint64_t stored_grains, CheckReport& report,
                 const CancelToken& cancel) {
    const std::uint64_t sectors = extent.file().size() / kVmdkSector;
    std::uint64_t sector = extent.header().overhead;
    std::uint64_t grains = 0;
    bool ended = false;
    bool footer = false;
    while (!ended && sector < sectors) {
        if (grains % 4096 == 0) cancel.throw_if_cancelled();
        std::array<std::byte, 16> marker;
        extent.file().read(sector * kVmdkSector, marker);
        const auto value = load_le<std::uint64_t>(marker, 0);
        const auto size = load_le<std::uint32_t>(marker, 8);
        const auto type = load_le<std::uint32_t>(marker, 12);
        if (size != 0) {
            ++grains;
            sector += divide_up(kGrainMarkerSize + std::uint64_t{size}, kVmdkSector);
            continue;
        }
        if (type > static_cast<std::uint32_t>(VmdkMarker::Footer) || value >= sectors) {
            report.corruption(fmt::format("There is no marker in sector {}.", sector));
            return;
        }
        ended = type == static_cast<std::uint32_t>(VmdkMarker::EndOfStream);
        footer = footer || type == static_cast<std::uint32_t>(VmdkMarker::Footer);
        sector += 1 + value;
    }
    if (grains != stored_grains) {
        report.corruption(
            fmt::format("The stream has {} grains and the tables name {}.", grains, stored_grains));
    }
    if (!footer) report.notes.emplace_back("The stream has no footer; its header stands alone.");
    if (!ended && extent.has_footer()) {
        report.corruption("The stream has no end marker.");
    } else if (!ended) {
        report.notes.emplace_back("The stream has no end marker.");
    } else if (sector < sectors) {
        report.notes.push_back(fmt::format(
            "The end-of-stream marker is {} sectors before the end of the file; some importers "
            "count their digest up to the marker.",
            sectors - sector));
    }
}

}  // namespace
}  // namespace kiln::formats
