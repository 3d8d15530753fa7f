#include "formats/volume/thin_source.h"

#include <algorithm>

#include "base/error.h"
#include "formats/volume/layout.h"

namespace kiln::formats {

namespace {

class Thinner {
  public:
    Thinner(const Source& disk, const CancelToken& cancel) : disk_(disk), cancel_(cancel) {}
    std::unique_ptr<ThinSource> run();

  private:
    void visit(const LayoutNode& node, const LayoutNode* parent);
    void thin(const LayoutNode& node, ThinReport::Part& part);
    void thin_free_extents(const LayoutNode& group);

    const Source& disk_;
    const CancelToken& cancel_;
    std::string obstacle_;  // for the whole disk
    RangeSet unused_;
    ThinReport report_;
};

/// Whether a machine sleeps in a swap space: everything on its disks is then mounted.
bool is_hibernated(const LayoutNode& node);

}  // namespace

Extent ThinSource::next_extent(std::uint64_t offset, std::uint64_t limit) const {
    const auto range = unused_.next(offset);
    if (range && range->offset <= offset) {
        return {offset, range->end() - offset, Extent::Kind::Hole};
    }
    std::uint64_t end = virtual_size();
    if (range) end = std::min(end, range->offset);
    Extent extent = disk_.next_extent(offset, std::min(limit, end - offset));
    extent.length = std::min(extent.length, end - offset);
    return extent;
}

void ThinSource::read(std::uint64_t offset, std::span<std::byte> out) const {
    while (!out.empty()) {
        const auto range = unused_.next(offset);
        std::uint64_t length = out.size();
        if (range && range->offset <= offset) {
            length = std::min(length, range->end() - offset);
            std::memset(out.data(), 0, length);
        } else {
            length = stored_run(offset, length);
            disk_.read(offset, out.first(length));
            wipe(offset, out.first(length));
        }
        offset += length;
        out = out.subspan(length);
    }
}

// From a byte in use to the next long unused stretch. Short ones are read along and wiped, so that
// a fragmented file system is not read in pieces of a block.
std::uint64_t ThinSource::stored_run(std::uint64_t offset, std::uint64_t length) const {
    constexpr std::uint64_t kShort = 32 * 1024;
    const std::uint64_t end = offset + length;
    auto range = unused_.next(offset);
    while (range && range->length <= kShort && range->end() < end) {
        range = unused_.next(range->end());
    }
    return range && range->offset < end ? range->offset - offset : length;
}

void ThinSource::wipe(std::uint64_t offset, std::span<std::byte> bytes) const {
    const std::uint64_t end = offset + bytes.size();
    auto range = unused_.next(offset);
    while (range && range->offset < end) {
        const std::uint64_t length = std::min(range->end(), end) - range->offset;
        std::memset(bytes.data() + (range->offset - offset), 0, length);
        range = unused_.next(range->end());
    }
}

std::unique_ptr<ThinSource> make_thin_source(const Source& disk, const CancelToken& cancel) {
    return Thinner(disk, cancel).run();
}

namespace {

std::unique_ptr<ThinSource> Thinner::run() {
    const LayoutNode layout = read_layout(disk_);
    if (!layout.children.empty()) obstacle_ = layout.left_alone;
    if (is_hibernated(layout)) obstacle_ = "a swap space on the disk holds a hibernated machine";
    visit(layout, nullptr);
    unused_.finish();
    report_.dropped = unused_.total();
    report_.shortest = unused_.minimum();
    return std::make_unique<ThinSource>(disk_, std::move(unused_), std::move(report_));
}

void Thinner::visit(const LayoutNode& node, const LayoutNode* parent) {
    cancel_.throw_if_cancelled();
    const bool is_frame = node.kind == LayoutNode::Kind::Extended ||
                          node.kind == LayoutNode::Kind::Gap ||
                          node.kind == LayoutNode::Kind::VolumeGroup ||
                          (node.kind == LayoutNode::Kind::Disk && node.segments.empty());
    if (!is_frame) {
        ThinReport::Part part;
        part.what = title_of(node, parent);
        part.content = node.file_system ? node.file_system->type : node.content;
        part.size = node.length;
        thin(node, part);
        report_.parts.push_back(std::move(part));
    }
    if (node.kind == LayoutNode::Kind::VolumeGroup) thin_free_extents(node);
    for (const LayoutNode& child : node.children) visit(child, &node);
}

void Thinner::thin(const LayoutNode& node, ThinReport::Part& part) {
    if (!obstacle_.empty()) {
        part.skipped = obstacle_;
    } else if (!node.left_alone.empty()) {
        part.skipped = node.left_alone;
    } else if (!node.file_system) {
        part.skipped = node.content == kPhysicalVolume ? "its logical volumes are looked at instead"
                                                       : "its content is not known";
    } else {
        part.skipped = node.file_system->untouchable;
    }
    if (!part.skipped.empty()) return;
    try {
        const Volume volume(disk_, node.segments);
        const auto file_system = open_file_system(volume);
        if (!file_system) throw Error("it has changed meanwhile");
        file_system->for_each_free([&](std::uint64_t offset, std::uint64_t length) {
            cancel_.throw_if_cancelled();
            volume.for_each_disk_range(offset, length, [&](const Volume::Segment& range) {
                unused_.add(range.disk_offset, range.length);
            });
            part.dropped += length;
        });
        unused_.commit();
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        unused_.roll_back();
        part.dropped = 0;
        part.skipped = error.what();
    }
}

void Thinner::thin_free_extents(const LayoutNode& group) {
    ThinReport::Part part;
    part.what = "free extents of " + title_of(group);
    part.skipped = obstacle_.empty() ? group.left_alone : obstacle_;
    for (const Volume::Segment& range : group.free_extents) {
        part.size += range.length;
        if (!part.skipped.empty()) continue;
        unused_.add(range.disk_offset, range.length);
        part.dropped += range.length;
    }
    unused_.commit();
    if (part.size != 0) report_.parts.push_back(std::move(part));
}

bool is_hibernated(const LayoutNode& node) {
    if (node.file_system && node.file_system->type == "swap" &&
        node.file_system->untouchable == kHibernated) {
        return true;
    }
    return std::any_of(node.children.begin(), node.children.end(), is_hibernated);
}

}  // namespace
}  // namespace kiln::formats
