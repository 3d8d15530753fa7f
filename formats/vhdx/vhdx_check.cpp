#include "formats/vhdx/vhdx_check.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "formats/vhdx/vhdx_source.h"

namespace kiln::formats {

using vhdx::BlockState;
using vhdx::kMiB;

namespace {

// A bit for each MiB of the file: 16 MiB of memory. Longer files are not searched for overlaps.
constexpr std::uint64_t kMaxJudgedFile = std::uint64_t{128} << 40;
constexpr std::uint64_t kReservedBits = (kMiB - 1) & ~vhdx::kStateMask;

class VhdxCheck {
  public:
    VhdxCheck(const VhdxImage& image, CheckReport& report, const CancelToken& cancel);
    void run();

  private:
    void check_region_tables();
    void take_regions();
    void walk_bat();
    void check_payload(std::uint64_t block, std::uint64_t entry);
    void check_bitmap(std::uint64_t chunk, std::uint64_t entry);
    void take(std::uint64_t offset, std::uint64_t length, std::string_view what,
              std::uint64_t number);

    const VhdxImage& image_;
    const vhdx::VhdxFile& file_;
    const vhdx::Geometry geometry_;
    CheckReport& report_;
    const CancelToken& cancel_;
    std::vector<bool> taken_;    // by MiB of the file; empty: not judged
    bool needs_bitmap_ = false;  // a block of this chunk is partially present
};

template <typename T>
void check_copies(const std::array<vhdx::Copy<T>, 2>& copies, std::string_view what,
                  CheckReport& report);
void check_parent(const InputFile& file, const VhdxImage& image, CheckReport& report,
                  const OpenOptions& options);

}  // namespace

void check_vhdx(const InputFile& file, CheckReport& report, const OpenOptions& options,
                const CancelToken& cancel) {
    if (!vhdx::has_file_identifier(file)) {
        vhdx::refuse(file, "its file type identifier is missing");
    }
    check_copies(vhdx::read_headers(file), "Header", report);
    std::optional<VhdxImage> image;
    try {
        image = VhdxImage::read(file);
    } catch (const Error& error) {
        report.corruption(fmt::format("The image cannot be opened: {}.", error.what()));
        return;
    }
    VhdxCheck(*image, report, cancel).run();
    check_parent(file, *image, report, options);
}

namespace {

VhdxCheck::VhdxCheck(const VhdxImage& image, CheckReport& report, const CancelToken& cancel)
    : image_(image),
      file_(*image.file),
      geometry_(image.metadata.geometry()),
      report_(report),
      cancel_(cancel) {
    if (file_.size() <= kMaxJudgedFile) {
        taken_.resize(divide_up(file_.size(), kMiB));
    } else {
        report_.notes.emplace_back("The file is too long to be searched for overlapping blocks.");
    }
}

void VhdxCheck::run() {
    if (file_.replayed_entries() != 0) {
        report_.notes.push_back(fmt::format(
            "Changes wait in the log ({} entries). They were replayed in memory; the file was not "
            "closed properly.",
            file_.replayed_entries()));
    }
    check_region_tables();
    take_regions();
    walk_bat();
}

void VhdxCheck::check_region_tables() {
    const auto copies = vhdx::read_regions(file_);
    check_copies(copies, "Region table", report_);
    if (copies[0].content && copies[1].content && *copies[0].content != *copies[1].content) {
        report_.corruption("The two region tables differ.");
    }
}

void VhdxCheck::take_regions() {
    const vhdx::Header& header = file_.header();
    take(0, vhdx::kHeaderSection, "The header section", 0);
    if (header.log_length != 0)
        take(header.log_offset, header.log_length, "The log at", header.log_offset);
    take(image_.regions.metadata.offset, image_.regions.metadata.length, "The metadata at",
         image_.regions.metadata.offset);
    take(image_.regions.bat.offset, image_.regions.bat.length, "The block allocation table at",
         image_.regions.bat.offset);
}

void VhdxCheck::walk_bat() {
    constexpr std::uint64_t kBetweenCancels = 65536;
    vhdx::VhdxFile::Words words(file_);
    const std::uint64_t blocks = geometry_.blocks();
    const std::uint64_t ratio = geometry_.chunk_ratio();
    const bool last_bitmap = image_.metadata.has_parent;
    for (std::uint64_t block = 0; block < blocks; ++block) {
        if (block % kBetweenCancels == 0) cancel_.throw_if_cancelled();
        check_payload(block, words.at(image_.bat_entry(geometry_.payload_index(block))));
        const bool end_of_chunk = block % ratio == ratio - 1 && block + 1 < blocks;
        if (!end_of_chunk && !(last_bitmap && block + 1 == blocks)) continue;
        const std::uint64_t chunk = block / ratio;
        check_bitmap(chunk, words.at(image_.bat_entry(geometry_.bitmap_index(chunk))));
    }
}

void VhdxCheck::check_payload(std::uint64_t block, std::uint64_t entry) {
    if ((entry & kReservedBits) != 0) {
        report_.corruption(fmt::format("Reserved bits are set in the entry of block {}.", block));
    }
    switch (vhdx::state_of(entry)) {
        case BlockState::NotPresent:
        case BlockState::Undefined:
        case BlockState::Zero:
        case BlockState::Unmapped:
            return;
        case BlockState::PartiallyPresent:
            needs_bitmap_ = true;
            if (!image_.metadata.has_parent) {
                report_.corruption(fmt::format(
                    "Block {} is partially present in a disk without a parent.", block));
            }
            break;
        case BlockState::FullyPresent:
            break;
        default:
            report_.corruption(
                fmt::format("Block {} has the unknown state {}.", block, entry & vhdx::kStateMask));
            return;
    }
    // QEMU ends the file of a fixed disk with the disk, within its last block.
    const std::uint64_t offset = entry & vhdx::kOffsetMask;
    const std::uint64_t used =
        std::min(geometry_.block_size, geometry_.disk_size - block * geometry_.block_size);
    const bool whole = fits(offset, geometry_.block_size, file_.size());
    if (!whole && used < geometry_.block_size && fits(offset, used, file_.size())) {
        report_.notes.push_back(
            fmt::format("The file ends within block {}, behind the end of the disk.", block));
        take(offset, used, "Block", block);
        return;
    }
    take(offset, geometry_.block_size, "Block", block);
}

void VhdxCheck::check_bitmap(std::uint64_t chunk, std::uint64_t entry) {
    const bool needed = std::exchange(needs_bitmap_, false);
    if ((entry & kReservedBits) != 0) {
        report_.corruption(
            fmt::format("Reserved bits are set in the entry of sector bitmap {}.", chunk));
    }
    switch (vhdx::state_of(entry)) {
        case BlockState::NotPresent:
            if (needed) {
                report_.corruption(fmt::format(
                    "Sector bitmap {} is missing although blocks are partially present.", chunk));
            }
            return;
        case BlockState::FullyPresent:
            if (!image_.metadata.has_parent) {
                report_.corruption(
                    fmt::format("Sector bitmap {} is present in a disk without a parent.", chunk));
            }
            take(entry & vhdx::kOffsetMask, vhdx::kBitmapBlock, "Sector bitmap", chunk);
            return;
        default:
            report_.corruption(fmt::format("Sector bitmap {} has the unknown state {}.", chunk,
                                           entry & vhdx::kStateMask));
    }
}

void VhdxCheck::take(std::uint64_t offset, std::uint64_t length, std::string_view what,
                     std::uint64_t number) {
    if (!fits(offset, length, file_.size())) {
        report_.corruption(
            fmt::format("{} {} lies outside of the file: {} bytes at {}, which has {}.", what,
                        number, length, offset, file_.size()));
        return;
    }
    if (taken_.empty()) return;
    bool overlaps = false;
    for (std::uint64_t unit = offset / kMiB; unit < divide_up(offset + length, kMiB); ++unit) {
        overlaps = overlaps || taken_[unit];
        taken_[unit] = true;
    }
    if (overlaps) {
        report_.corruption(
            fmt::format("{} {} overlaps another block or a table of the file: {} bytes at {}.",
                        what, number, length, offset));
    }
}

template <typename T>
void check_copies(const std::array<vhdx::Copy<T>, 2>& copies, std::string_view what,
                  CheckReport& report) {
    for (std::size_t i = 0; i < copies.size(); ++i) {
        if (copies[i].content) continue;
        report.corruption(fmt::format("{} {} cannot be used: {}.", what, i + 1, copies[i].problem));
    }
}

void check_parent(const InputFile& file, const VhdxImage& image, CheckReport& report,
                  const OpenOptions& options) {
    if (!image.metadata.has_parent) return;
    if (!options.allow_backing) {
        report.notes.push_back(
            fmt::format("The parent disk {} was not opened.", image.metadata.parent->shown_path()));
        return;
    }
    try {
        OpenOptions with_parent = options;
        with_parent.ignore_backing = false;
        open_vhdx(file, with_parent);
    } catch (const Error& error) {
        report.corruption(fmt::format("The parent disk cannot be used: {}.", error.what()));
    }
}

}  // namespace
}  // namespace kiln::formats
