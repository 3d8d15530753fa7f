#include "formats/vmdk/vmdk_check.h"

#include <algorithm>

#include "formats/bytes.h"
#include "formats/read_all.h"
#include "formats/vmdk/vmdk_source.h"

namespace kiln::formats {

namespace {

// Tables are checked one by one; a hostile directory names no more than this in all.
constexpr std::uint64_t kMaxGrains = std::uint64_t{1} << 28;

class VmdkCheck {
  public:
    VmdkCheck(const VmdkSource& source, CheckReport& report, const CancelToken& cancel)
        : source_(source),
          header_(source.header()),
          report_(report),
          cancel_(cancel),
          sectors_(source.file().size() / kVmdkSector) {}
    void run();

  private:
    void walk_tables();
    void take_grain(std::uint64_t grain);
    void walk_stream();
    std::uint64_t grain_sectors(std::uint32_t compressed) const;

    const VmdkSource& source_;
    const VmdkHeader& header_;
    CheckReport& report_;
    const CancelToken& cancel_;
    const std::uint64_t sectors_;
    std::uint64_t grains_in_tables_ = 0;
    std::uint64_t tables_ = 0;
    std::uint64_t next_sector_ = 0;  // of plain grains that lie in order: no overlap to look for
    std::vector<std::uint32_t> out_of_order_;
};

}  // namespace

void check_vmdk(const InputFile& file, CheckReport& report, const ConvertOptions& work) try {
    const VmdkSource source(file);
    VmdkCheck(source, report, work.cancel).run();
    if (report.corruptions == 0) read_all(source, work, report);
} catch (const Cancelled&) {
    throw;
} catch (const Error& error) {
    report.corruption(error.what());
}

namespace {

void VmdkCheck::run() {
    if (header_.unclean_shutdown) {
        report_.notes.emplace_back("The disk was not closed cleanly.");
    }
    walk_tables();
    if (header_.has_markers() && report_.corruptions == 0) walk_stream();
}

void VmdkCheck::walk_tables() {
    const auto& directory = source_.directory();
    for (std::uint64_t i = 0; i < directory.size(); ++i) {
        if (directory[i] == 0) continue;
        cancel_.throw_if_cancelled();
        ++tables_;
        if (!fits(directory[i], header_.table_sectors(), sectors_)) {
            report_.corruption(fmt::format("Grain table {} lies outside of the file.", i));
            continue;
        }
        const std::uint64_t first = i * header_.entries_per_table;
        const std::uint64_t last = std::min(first + header_.entries_per_table, header_.grains());
        for (std::uint64_t grain = first; grain < last; ++grain) take_grain(grain);
        if (grains_in_tables_ > kMaxGrains) {
            throw Error(fmt::format("{} has too many grains to be checked", source_.file().name()));
        }
    }
    std::sort(out_of_order_.begin(), out_of_order_.end());
    const auto twice = std::adjacent_find(out_of_order_.begin(), out_of_order_.end());
    if (twice != out_of_order_.end()) {
        report_.corruption(fmt::format("Two grains lie in sector {}.", *twice));
    }
}

void VmdkCheck::take_grain(std::uint64_t grain) {
    const std::uint32_t sector = source_.grain_sector(grain);
    const bool zero = sector == 1 && (header_.flags & VmdkHeader::kHasZeroGrains) != 0;
    if (sector == 0 || zero) return;
    ++grains_in_tables_;
    const std::uint64_t least = header_.compressed() ? 1 : header_.grain_size;
    // The last grain of a plain disk may end with the disk.
    const std::uint64_t rest = header_.capacity - grain * header_.grain_size;
    if (!fits(sector, std::min(least, rest), sectors_)) {
        report_.corruption(fmt::format("Grain {} lies outside of the file.", grain));
        return;
    }
    if (sector < next_sector_) {
        out_of_order_.push_back(sector);
    } else {
        next_sector_ = sector + least;
    }
}

// "Stream-Optimized Compressed Sparse Extents": markers and what they announce, end to end.
void VmdkCheck::walk_stream() {
    std::uint64_t sector = header_.overhead;
    std::uint64_t grains = 0;
    bool footer = false;
    while (true) {
        if (grains % 4096 == 0) cancel_.throw_if_cancelled();
        if (sector >= sectors_) {
            report_.corruption("The stream has no end marker.");
            return;
        }
        std::array<std::byte, 16> marker;
        source_.file().read(sector * kVmdkSector, marker);
        const auto value = load_le<std::uint64_t>(marker, 0);
        const auto size = load_le<std::uint32_t>(marker, 8);
        const auto type = load_le<std::uint32_t>(marker, 12);
        if (size != 0) {
            ++grains;
            sector += grain_sectors(size);
            continue;
        }
        if (type == static_cast<std::uint32_t>(VmdkMarker::EndOfStream)) break;
        if (type > static_cast<std::uint32_t>(VmdkMarker::Footer) || value >= sectors_) {
            report_.corruption(fmt::format("There is no marker in sector {}.", sector));
            return;
        }
        footer = footer || type == static_cast<std::uint32_t>(VmdkMarker::Footer);
        sector += 1 + value;
    }
    if (grains != grains_in_tables_) {
        report_.corruption(fmt::format("The stream has {} grains and the tables name {}.", grains,
                                       grains_in_tables_));
    }
    if (!footer) report_.notes.emplace_back("The stream has no footer; its header stands alone.");
    if (sector + 1 != sectors_) {
        report_.notes.push_back(fmt::format(
            "The end-of-stream marker is {} sectors before the end of the file; some importers "
            "count their digest up to the marker.",
            sectors_ - sector - 1));
    }
}

std::uint64_t VmdkCheck::grain_sectors(std::uint32_t compressed) const {
    return divide_up(kGrainMarkerSize + std::uint64_t{compressed}, kVmdkSector);
}

}  // namespace
}  // namespace kiln::formats
