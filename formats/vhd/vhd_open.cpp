// Opening a VHD with the disks below it.
#include <algorithm>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/text.h"
#include "formats/file/reference.h"
#include "formats/vhd/vhd_source.h"

namespace kiln::formats {

namespace {

std::unique_ptr<Source> open_image(VhdImage image, const OpenOptions& options, unsigned depth);
std::unique_ptr<Source> open_parent(const VhdImage& child, const OpenOptions& options,
                                    unsigned depth);
std::string named_parent(const InputFile& file, const vhd::DynamicHeader& header);

}  // namespace

std::unique_ptr<Source> open_vhd(InputFile file, const OpenOptions& options) {
    return open_image(VhdImage::read(std::move(file)), options, 0);
}

VhdImage VhdImage::read(InputFile file) {
    const vhd::Footers footers = vhd::read_footers(file);
    const vhd::Footer* footer = footers.main();
    if (footer == nullptr) {
        vhd::refuse(file, footers.trailing_cookie || footers.leading_cookie
                              ? "its footer is damaged, and there is no good copy"
                              : "it has no footer");
    }
    VhdImage image{file, *footer, {}, {}};
    if (footer->current_size % vhd::kSector != 0) {
        vhd::refuse(file, fmt::format("its size of {} bytes is no whole number of sectors",
                                      footer->current_size));
    }
    if (footer->type == vhd::DiskType::Fixed) {
        if (footer->current_size > footers.trailing_offset) {
            vhd::refuse(file, fmt::format("its disk has {} bytes and the file holds only {}",
                                          footer->current_size, footers.trailing_offset));
        }
        return image;
    }
    image.header = vhd::DynamicHeader::read(file, *footer);
    if (footer->type == vhd::DiskType::Differencing) {
        image.parent_path = named_parent(file, *image.header);
    }
    return image;
}

namespace {

std::unique_ptr<Source> open_image(VhdImage image, const OpenOptions& options, unsigned depth) {
    std::unique_ptr<Source> parent;
    if (image.footer.type == vhd::DiskType::Differencing && !options.ignore_backing) {
        parent = open_parent(image, options, depth);
    }
    return std::make_unique<VhdSource>(std::move(image), std::move(parent));
}

std::unique_ptr<Source> open_parent(const VhdImage& child, const OpenOptions& options,
                                    unsigned depth) {
    const InputFile& file = child.file;
    if (depth == kMaxChainDepth) {
        throw Error(fmt::format("{} is in a chain of more than {} parent disks", file.name(),
                                kMaxChainDepth))
            .with_hint("Perhaps a disk is its own parent.");
    }
    if (child.parent_path.empty()) {
        throw Error(fmt::format("{} needs a parent disk", file.name()))
            .because("its header does not say which");
    }
    VhdImage parent =
        VhdImage::read(open_reference(file, child.parent_path, "the parent disk", options));
    if (parent.footer.id != child.header->parent_id) {
        throw Error(fmt::format("{} is not over the parent that it was made over", file.name()))
            .because(fmt::format("it remembers the identity {} and {} has {}",
                                 uuid_text(child.header->parent_id), child.parent_path,
                                 uuid_text(parent.footer.id)))
            .with_hint("The parent is another disk, or was made anew.");
    }
    return open_image(std::move(parent), options, depth + 1);
}

// The relative path if there is one, else the parent's name beside the child: absolute paths are of
// the machine that the disk comes from.
std::string named_parent(const InputFile& file, const vhd::DynamicHeader& header) {
    constexpr std::uint32_t kRelative = 0x57327275;  // W2ru
    constexpr std::uint32_t kAbsolute = 0x57326b75;  // W2ku
    constexpr std::uint32_t kMaxPath = 65536;
    const auto locator = [&](std::uint32_t platform) -> std::string {
        for (const vhd::ParentLocator& entry : header.locators) {
            if (entry.platform != platform || entry.length == 0) continue;
            if (entry.length > kMaxPath || !fits(entry.offset, entry.length, file.size())) {
                vhd::refuse(file, "a parent locator lies outside of the file or is too long");
            }
            std::vector<std::byte> bytes(entry.length & ~1U);
            file.read(entry.offset, bytes);
            return utf16le_to_utf8(bytes);
        }
        return {};
    };
    std::string path = locator(kRelative);
    const bool relative = !path.empty();
    if (path.empty()) path = header.parent_name;
    if (path.empty()) path = locator(kAbsolute);
    std::ranges::replace(path, '\\', '/');
    if (!relative) path.erase(0, path.rfind('/') + 1);
    return path;
}

}  // namespace
}  // namespace kiln::formats
