#include "formats/vmdk/vmdk_source.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/core/parent.h"
#include "formats/vmdk/vmdk_header.h"
#include "formats/vmdk/vmdk_sink_options.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kMaxShownExtents = 64;

std::map<std::string, std::string> options_to_write_alike(const VmdkDescriptor& descriptor);

}  // namespace

VmdkSource::VmdkSource(std::unique_ptr<Source> whole, VmdkDescriptor descriptor)
    : descriptor_(std::move(descriptor)), size_(whole->virtual_size()), whole_(std::move(whole)) {
    if (size_ != 0) parts_.push_back({0, size_, Content::Sparse, 0});
}

VmdkSource::VmdkSource(const InputFile& file, VmdkDescriptor descriptor, const OpenOptions& options,
                       bool open_files)
    : descriptor_(std::move(descriptor)) {
    const std::vector<VmdkExtentLine> lines = descriptor_.extent_lines();
    // QEMU's empty disks name none. One that was cut off lacks what stands at the end too.
    if (lines.empty() && descriptor_.data_base.empty()) {
        throw Error("its descriptor names no extents");
    }
    files_ = std::make_unique<ExtentFiles>(file, lines, options);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool zeros = lines[i].type == VmdkExtentLine::Type::Zero;
        if (open_files && !zeros) files_->get(i);  // refuses what is wrong at once
        if (lines[i].sectors == 0) continue;
        const Content content = zeros             ? Content::Zeros
                                : !open_files     ? Content::Closed
                                : lines[i].flat() ? Content::Flat
                                                  : Content::Sparse;
        parts_.push_back({size_, lines[i].sectors * kVmdkSector, content, i});
        size_ += lines[i].sectors * kVmdkSector;
    }
}

bool VmdkSource::needs_parent() const {
    return descriptor_.has_parent() && std::ranges::any_of(parts_, [](const Part& part) {
               return part.content == Content::Sparse || part.content == Content::Closed;
           });
}

Extent VmdkSource::next_extent(std::uint64_t offset, std::uint64_t limit) const {
    const Part& part = part_at(offset);
    const Extent extent = part_extent(part, offset, limit);
    const bool parent_shows = parent_ && part.content == Content::Sparse;
    if (extent.kind != Extent::Kind::Hole || !parent_shows) return extent;
    return parent_extent(*parent_, offset, std::min(extent.length, limit));
}

void VmdkSource::read(std::uint64_t offset, std::span<std::byte> out) const {
    while (!out.empty()) {
        const Part& part = part_at(offset);
        const auto piece =
            out.first(std::min<std::uint64_t>(out.size(), part.start + part.size - offset));
        read_part(part, offset, piece);
        offset += piece.size();
        out = out.subspan(piece.size());
    }
}

SourceInfo VmdkSource::info() const {
    SourceInfo info;
    if (whole_) info = whole_->info();
    info.format = "vmdk";
    info.virtual_size = size_;
    if (needs_parent()) info.backing_name = descriptor_.parent_hint;
    if (descriptor_.create_type.empty()) {
        info.features.emplace_back("no descriptor: perhaps a part of a larger disk");
        return info;
    }
    info.writer_options.merge(options_to_write_alike(descriptor_));
    info.details.emplace(info.details.begin(), "create type", descriptor_.create_type);
    info.details.emplace_back("content ID", fmt::format("{:08x}", descriptor_.cid));
    for (const auto& [key, label] : {std::pair("ddb.adapterType", "adapter type"),
                                     {"ddb.virtualHWVersion", "hardware version"}}) {
        const auto found = descriptor_.data_base.find(key);
        if (found != descriptor_.data_base.end()) info.details.emplace_back(label, found->second);
    }
    if (whole_) return info;
    const auto& lines = descriptor_.extents;
    info.details.emplace_back("extents", std::to_string(lines.size()));
    for (std::size_t i = 0; i < std::min(lines.size(), kMaxShownExtents); ++i) {
        info.details.emplace_back(fmt::format("extent {}", i + 1), lines[i]);
    }
    const bool closed = std::ranges::any_of(
        parts_, [](const Part& part) { return part.content == Content::Closed; });
    if (closed) info.features.emplace_back("extent files not opened");
    return info;
}

const VmdkSource::Part& VmdkSource::part_at(std::uint64_t offset) const {
    const auto next = std::ranges::upper_bound(parts_, offset, {}, &Part::start);
    return *std::prev(next);
}

std::shared_ptr<const Source> VmdkSource::source_of(const Part& part) const {
    return whole_ ? whole_ : files_->get(part.number);
}

Extent VmdkSource::part_extent(const Part& part, std::uint64_t offset, std::uint64_t limit) const {
    const std::uint64_t in_part = offset - part.start;
    const std::uint64_t rest = part.size - in_part;
    if (part.content == Content::Zeros) return {offset, rest, Extent::Kind::Zero};
    if (part.content == Content::Closed) return {offset, rest, Extent::Kind::Hole};
    // The file may hold more than the descriptor uses of it.
    const Extent extent = source_of(part)->next_extent(in_part, std::min(limit, rest));
    return {offset, std::min(extent.length, rest), extent.kind};
}

void VmdkSource::read_part(const Part& part, std::uint64_t offset, std::span<std::byte> out) const {
    if (part.content == Content::Zeros || part.content == Content::Closed) {
        std::memset(out.data(), 0, out.size());
        return;
    }
    const std::shared_ptr<const Source> source = source_of(part);
    if (!parent_ || part.content == Content::Flat) {
        source->read(offset - part.start, out);
        return;
    }
    while (!out.empty()) {
        const Extent extent = part_extent(part, offset, out.size());
        const auto piece = out.first(std::min<std::uint64_t>(out.size(), extent.length));
        if (extent.kind == Extent::Kind::Hole) {
            read_parent(parent_.get(), offset, piece);
        } else {
            source->read(offset - part.start, piece);
        }
        offset += piece.size();
        out = out.subspan(piece.size());
    }
}

namespace {

std::map<std::string, std::string> options_to_write_alike(const VmdkDescriptor& descriptor) {
    std::map<std::string, std::string> options;
    // What is written is one disk: split ones and snapshots become the whole kind next to theirs.
    constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kSubformats = {{
        {"streamOptimized", "streamOptimized"},
        {"monolithicSparse", "monolithicSparse"},
        {"twoGbMaxExtentSparse", "monolithicSparse"},
        {"monolithicFlat", "monolithicFlat"},
        {"twoGbMaxExtentFlat", "monolithicFlat"},
        {"vmfs", "vmfs"},
        {"vmfsThin", "vmfs"},
        {"vmfsPreallocated", "vmfs"},
        {"vmfsSparse", "vmfs"},
        {"seSparse", "vmfs"},
    }};
    for (const auto& [type, subformat] : kSubformats) {
        if (descriptor.create_type == type) options["subformat"] = subformat;
    }
    const auto entry = [&](const char* key) -> std::string_view {
        const auto found = descriptor.data_base.find(key);
        return found == descriptor.data_base.end() ? std::string_view() : found->second;
    };
    for (const std::string_view adapter : kVmdkAdapterTypes) {
        if (entry("ddb.adapterType") == adapter) options["adapter_type"] = adapter;
    }
    const std::string_view version = entry("ddb.virtualHWVersion");
    if (!version.empty() && version.size() <= 4 &&
        version.find_first_not_of("0123456789") == std::string_view::npos) {
        options["hwversion"] = version;
    }
    return options;
}

}  // namespace
}  // namespace kiln::formats
