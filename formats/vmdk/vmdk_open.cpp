// Opening a VMDK with its extents and the disks below it.
#include <array>
#include <cstring>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/file/reference.h"
#include "formats/vmdk/hosted_sparse.h"
#include "formats/vmdk/se_sparse.h"
#include "formats/vmdk/vmdk_source.h"
#include "formats/vmdk/vmfs_sparse.h"

namespace kiln::formats {

namespace {

constexpr std::string_view kSignature = "# disk descriptorfile";
constexpr std::uint64_t kMaxDescriptorFile = std::uint64_t{1} << 20;

std::unique_ptr<VmdkSource> open_chain(const InputFile& file, const OpenOptions& options,
                                       unsigned depth);
std::unique_ptr<VmdkSource> open_one(const InputFile& file, const OpenOptions& options);
std::unique_ptr<VmdkSource> open_hosted(const InputFile& file);
std::unique_ptr<VmdkSource> open_parent(const InputFile& file, const VmdkDescriptor& child,
                                        const OpenOptions& options, unsigned depth);

}  // namespace

std::unique_ptr<Source> open_vmdk(InputFile file, const OpenOptions& options) {
    return open_vmdk_disk(file, options);
}

std::unique_ptr<VmdkSource> open_vmdk_disk(const InputFile& file, const OpenOptions& options) {
    return open_chain(file, options, 0);
}

VmdkKind vmdk_kind(const InputFile& file) {
    std::array<char, kSignature.size()> head{};
    const std::size_t size = std::min<std::uint64_t>(file.size(), head.size());
    if (size < sizeof(std::uint64_t)) return VmdkKind::None;
    const auto bytes = std::as_writable_bytes(std::span(head));
    file.read(0, bytes.first(size));
    if (load_le<std::uint64_t>(bytes, 0) == SeSparse::kMagic) return VmdkKind::SeSparse;
    switch (load_le<std::uint32_t>(bytes, 0)) {
        case VmdkHeader::kMagic:
            return VmdkKind::Hosted;
        case VmfsSparse::kMagic:
            return VmdkKind::VmfsSparse;
        default:
            break;
    }
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    return std::ranges::equal(head, kSignature, same) ? VmdkKind::Descriptor : VmdkKind::None;
}

VmdkDescriptor read_vmdk_descriptor(const InputFile& file) {
    if (file.size() > kMaxDescriptorFile) {
        throw Error(fmt::format("{} is too large for a VMDK descriptor", file.name()))
            .because(
                fmt::format("it has {} bytes and may have {}", file.size(), kMaxDescriptorFile));
    }
    std::string text(file.size(), '\0');
    file.read(0, std::as_writable_bytes(std::span(text.data(), text.size())));
    return VmdkDescriptor::parse(text, file.name());
}

namespace {

std::unique_ptr<VmdkSource> open_chain(const InputFile& file, const OpenOptions& options,
                                       unsigned depth) {
    std::unique_ptr<VmdkSource> disk = open_one(file, options);
    if (disk->needs_parent() && !options.ignore_backing) {
        disk->set_parent(open_parent(file, disk->descriptor(), options, depth));
    }
    return disk;
}

std::unique_ptr<VmdkSource> open_one(const InputFile& file, const OpenOptions& options) {
    VmdkDescriptor none;
    none.create_type.clear();
    switch (vmdk_kind(file)) {
        case VmdkKind::Hosted:
            return open_hosted(file);
        case VmdkKind::VmfsSparse:
            return std::make_unique<VmdkSource>(std::make_unique<VmfsSparse>(file), none);
        case VmdkKind::SeSparse:
            return std::make_unique<VmdkSource>(std::make_unique<SeSparse>(file), none);
        case VmdkKind::Descriptor:
            break;
        case VmdkKind::None:
            throw Error(fmt::format("{} is not a VMDK that can be read", file.name()))
                .because("the header's magic is missing");
    }
    try {
        const bool open_files = options.allow_backing || !options.ignore_backing;
        return std::make_unique<VmdkSource>(file, read_vmdk_descriptor(file), options, open_files);
    } catch (const Error& error) {
        throw Error(fmt::format("{} cannot be opened", file.name())).because(error);
    }
}

std::unique_ptr<VmdkSource> open_hosted(const InputFile& file) {
    auto extent = std::make_unique<HostedSparse>(file);
    VmdkDescriptor descriptor = extent->descriptor();
    // Such a header stands before a descriptor whose extents are in other files. No one writes it.
    if (extent->virtual_size() == 0) {
        for (const VmdkExtentLine& line : descriptor.extent_lines()) {
            if (line.sectors == 0) continue;
            throw Error(fmt::format("{} holds no data of its own", file.name()))
                .because("its header has a capacity of 0 and its descriptor names extents");
        }
    }
    return std::make_unique<VmdkSource>(std::move(extent), std::move(descriptor));
}

std::unique_ptr<VmdkSource> open_parent(const InputFile& file, const VmdkDescriptor& child,
                                        const OpenOptions& options, unsigned depth) {
    if (depth == kMaxChainDepth) {
        throw Error(fmt::format("{} is in a chain of more than {} parent disks", file.name(),
                                kMaxChainDepth))
            .with_hint("Perhaps a disk is its own parent.");
    }
    if (child.parent_hint.empty()) {
        throw Error(fmt::format("{} needs a parent disk", file.name()))
            .because("its descriptor does not say which");
    }
    std::unique_ptr<VmdkSource> parent = open_chain(
        open_reference(file, child.parent_hint, "the parent disk", options), options, depth + 1);
    if (parent->descriptor().cid != child.parent_cid) {
        throw Error(fmt::format("{} is not over the parent that it was made over", file.name()))
            .because(fmt::format("it remembers the content ID {:08x} and {} has {:08x}",
                                 child.parent_cid, child.parent_hint, parent->descriptor().cid))
            .with_hint("The parent was changed after the snapshot was taken, or is another disk.");
    }
    return parent;
}

}  // namespace
}  // namespace kiln::formats
