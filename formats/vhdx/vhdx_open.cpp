// Opening a VHDX with the disks below it.
#include "base/error.h"
#include "formats/file/reference.h"
#include "formats/vhdx/vhdx_source.h"

namespace kiln::formats {

namespace {

// What a whole chain may use.
struct Budget {
    std::size_t pages = vhdx::LogOverlay::kMaxPages;
    unsigned depth = 0;
};

std::unique_ptr<Source> open_image(VhdxImage image, const OpenOptions& options, Budget budget);
std::unique_ptr<Source> open_parent(const VhdxImage& child, const OpenOptions& options,
                                    Budget budget);

}  // namespace

std::unique_ptr<Source> open_vhdx(InputFile file, const OpenOptions& options) {
    return open_image(VhdxImage::read(std::move(file)), options, Budget());
}

VhdxImage VhdxImage::read(InputFile input, std::size_t max_pages) {
    VhdxImage image;
    image.file = std::make_unique<vhdx::VhdxFile>(std::move(input), max_pages);
    image.regions = vhdx::usable_regions(*image.file);
    image.metadata = vhdx::Metadata::decode(*image.file, image.regions.metadata);
    const std::uint64_t entries = image.metadata.geometry().bat_entries(image.metadata.has_parent);
    if (entries * 8 > image.regions.bat.length) {
        vhdx::refuse(image.file->input(), "its block allocation table is too small for its disk");
    }
    return image;
}

std::string_view VhdxImage::subformat() const {
    if (metadata.has_parent) return "differencing";
    return metadata.leave_blocks_allocated ? "fixed" : "dynamic";
}

namespace {

std::unique_ptr<Source> open_image(VhdxImage image, const OpenOptions& options, Budget budget) {
    std::unique_ptr<Source> parent;
    budget.pages -= image.file->pages();
    if (image.metadata.has_parent && !options.ignore_backing) {
        parent = open_parent(image, options, budget);
    }
    return std::make_unique<VhdxSource>(std::move(image), std::move(parent));
}

std::unique_ptr<Source> open_parent(const VhdxImage& child, const OpenOptions& options,
                                    Budget budget) {
    const InputFile& file = child.file->input();
    const vhdx::ParentLocator& locator = *child.metadata.parent;
    if (budget.depth == kMaxChainDepth) {
        throw Error(fmt::format("{} is in a chain of more than {} parent disks", file.name(),
                                kMaxChainDepth))
            .with_hint("Perhaps a disk is its own parent.");
    }
    const std::string path = locator.relative_path();
    if (path.empty()) {
        throw Error(fmt::format("{} needs a parent disk", file.name()))
            .because("its parent locator does not say which");
    }
    VhdxImage parent =
        VhdxImage::read(open_reference(file, path, "the parent disk", options), budget.pages);
    const vhdx::Guid& identity = parent.file->header().data_write;
    if (!locator.links(identity)) {
        throw Error(fmt::format("{} is not over the parent that it was made over", file.name()))
            .because(fmt::format("it remembers the identity {} and {} has {}",
                                 locator.find("parent_linkage"), path, identity.text()))
            .with_hint("The parent was changed after the child was made, or is another disk.");
    }
    ++budget.depth;
    return open_image(std::move(parent), options, budget);
}

}  // namespace
}  // namespace kiln::formats
