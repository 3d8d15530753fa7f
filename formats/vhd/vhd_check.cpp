#include "formats/vhd/vhd_check.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/vhd/vhd_source.h"

namespace kiln::formats {

using vhd::kSector;

namespace {

class VhdCheck {
  public:
    VhdCheck(const VhdImage& image, std::uint64_t data_end, CheckReport& report);
    void run(const CancelToken& cancel);

  private:
    void check_block(std::uint64_t block, std::uint32_t entry);
    bool take(std::uint64_t start);
    bool holds_all(std::uint64_t bitmap, std::uint64_t block);

    // Blocks start once in each slot of a block's size, or they overlap: 16 MiB of memory.
    static constexpr std::uint64_t kMaxSlots = std::uint64_t{4} << 20;

    const VhdImage& image_;
    const vhd::DynamicHeader& header_;
    std::uint64_t stride_;
    std::uint64_t data_end_;
    CheckReport& report_;
    FileWindow bitmap_;
    std::vector<std::uint32_t> starts_;  // by slot, in sectors; empty: not judged
    std::uint64_t partial_ = 0;
};

void check_footers(const vhd::Footers& footers, CheckReport& report);
void check_geometry(const vhd::Footer& footer, CheckReport& report);
void check_parent(const VhdImage& image, CheckReport& report, const OpenOptions& options);

}  // namespace

void check_vhd(const InputFile& file, CheckReport& report, const OpenOptions& options,
               const CancelToken& cancel) {
    if (!vhd::has_cookie(file)) vhd::refuse(file, "it has no footer");
    const vhd::Footers footers = vhd::read_footers(file);
    check_footers(footers, report);
    std::optional<VhdImage> image;
    try {
        image = VhdImage::read(file);
    } catch (const Error& error) {
        report.corruption(fmt::format("The image cannot be opened: {}.", error.what()));
        return;
    }
    check_geometry(image->footer, report);
    const std::uint64_t data_end = footers.trailing ? footers.trailing_offset : file.size();
    if (image->header) VhdCheck(*image, data_end, report).run(cancel);
    check_parent(*image, report, options);
}

namespace {

void check_footers(const vhd::Footers& footers, CheckReport& report) {
    if (!footers.trailing) {
        report.corruption(footers.trailing_cookie
                              ? "The footer at the end of the file is damaged."
                              : "The footer at the end of the file is missing.");
    }
    if (footers.trailing && footers.trailing->type == vhd::DiskType::Fixed) return;
    if (!footers.leading) {
        report.corruption("The copy of the footer at the beginning of the file is damaged.");
    } else if (footers.trailing && !footers.equal) {
        report.corruption("The footer and its copy at the beginning of the file differ.");
    }
}

void check_geometry(const vhd::Footer& footer, CheckReport& report) {
    const std::uint64_t sectors = footer.current_size / kSector;
    constexpr vhd::Chs kAnySize{65535, 16, 255};
    if (footer.geometry != vhd::Chs::of_sectors(sectors) && footer.geometry != kAnySize) {
        report.notes.push_back(fmt::format(
            "The geometry ({}/{}/{}) is not the one that belongs to a disk of {} sectors.",
            footer.geometry.cylinders, footer.geometry.heads, footer.geometry.sectors_per_track,
            sectors));
    }
}

VhdCheck::VhdCheck(const VhdImage& image, std::uint64_t data_end, CheckReport& report)
    : image_(image),
      header_(*image.header),
      stride_(header_.bitmap_size() + header_.block_size),
      data_end_(data_end),
      report_(report),
      bitmap_(image.file) {
    const std::uint64_t slots = divide_up(image.file.size(), stride_);
    if (slots <= kMaxSlots) {
        starts_.assign(slots, vhd::kUnused);
    } else {
        report_.notes.emplace_back("The file has too many blocks to be searched for overlaps.");
    }
}

void VhdCheck::run(const CancelToken& cancel) {
    // Large blocks have large bitmaps.
    constexpr std::uint64_t kBytesBetweenCancels = std::uint64_t{32} << 20;
    const std::uint64_t between_cancels =
        std::max<std::uint64_t>(1, kBytesBetweenCancels / header_.bitmap_size());
    FileWindow entries(image_.file);
    const std::uint64_t blocks = divide_up(image_.footer.current_size, header_.block_size);
    for (std::uint64_t block = 0; block < blocks; ++block) {
        if (block % between_cancels == 0) cancel.throw_if_cancelled();
        const auto entry =
            load_be<std::uint32_t>(entries.at(header_.table_offset + block * 4, 4), 0);
        if (entry != vhd::kUnused) check_block(block, entry);
    }
    if (partial_ != 0 && image_.footer.type == vhd::DiskType::Dynamic) {
        report_.notes.push_back(fmt::format(
            "{} blocks have sectors that their bitmaps call absent; these read as zeros.",
            partial_));
    }
}

void VhdCheck::check_block(std::uint64_t block, std::uint32_t entry) {
    const std::uint64_t start = std::uint64_t{entry} * kSector;
    const std::uint64_t left = image_.footer.current_size - block * header_.block_size;
    const std::uint64_t length =
        header_.bitmap_size() + std::min<std::uint64_t>(header_.block_size, left);
    if (!fits(start, length, data_end_)) {
        report_.corruption(
            [&] { return fmt::format("Block {} lies outside of the file's data.", block); });
        return;
    }
    const auto touches = [&](std::uint64_t offset, std::uint64_t size) {
        return start < offset + size && offset < start + length;
    };
    if (touches(0, vhd::kFooterSize) || touches(image_.footer.data_offset, vhd::kHeaderSize) ||
        touches(header_.table_offset, std::uint64_t{header_.entries} * 4)) {
        report_.corruption(
            [&] { return fmt::format("Block {} lies over the file's tables.", block); });
        return;
    }
    if (!take(start)) {
        report_.corruption([&] { return fmt::format("Block {} overlaps another one.", block); });
        return;  // a bitmap that many share is not read as often
    }
    if (!holds_all(start, block)) ++partial_;
}

// False when another block lies there.
bool VhdCheck::take(std::uint64_t start) {
    if (starts_.empty()) return true;
    const std::uint64_t slot = start / stride_;
    const auto start_in = [&](std::uint64_t other) {
        return starts_[other] == vhd::kUnused ? std::optional<std::uint64_t>()
                                              : std::uint64_t{starts_[other]} * kSector;
    };
    const auto before = slot > 0 ? start_in(slot - 1) : std::nullopt;
    const auto after = slot + 1 < starts_.size() ? start_in(slot + 1) : std::nullopt;
    const bool free = !start_in(slot) && (!before || *before + stride_ <= start) &&
                      (!after || start + stride_ <= *after);
    starts_[slot] = static_cast<std::uint32_t>(start / kSector);
    return free;
}

bool VhdCheck::holds_all(std::uint64_t bitmap, std::uint64_t block) {
    const std::uint64_t left = image_.footer.current_size - block * header_.block_size;
    const std::uint64_t bytes = std::min<std::uint64_t>(header_.block_size, left) / kSector / 8;
    for (std::uint64_t i = 0; i < bytes; ++i) {
        if (bitmap_.at(bitmap + i, 1)[0] != std::byte{0xff}) return false;
    }
    return true;
}

void check_parent(const VhdImage& image, CheckReport& report, const OpenOptions& options) {
    if (image.footer.type != vhd::DiskType::Differencing) return;
    if (!options.allow_backing) {
        report.notes.push_back(
            fmt::format("The parent disk {} was not opened.", image.parent_path));
        return;
    }
    try {
        OpenOptions with_parent = options;
        with_parent.ignore_backing = false;
        open_vhd(image.file, with_parent);
    } catch (const Error& error) {
        report.corruption(fmt::format("The parent disk cannot be used: {}.", error.what()));
    }
}

}  // namespace
}  // namespace kiln::formats
