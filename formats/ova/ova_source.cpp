#include "formats/ova/ova_source.h"

#include "formats/core/container_source.h"
#include "formats/ova/ovf_descriptor.h"
#include "formats/vmdk/vmdk_format.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kMaxText = std::uint64_t{4} << 20;

OvfDescriptor read_descriptor(const InputFile& file, const OvaContent& content);

}  // namespace

const TarMember* OvaContent::find(std::string_view name) const {
    for (const TarMember& member : members) {
        if (member.entry.name == name) return &member;
    }
    return nullptr;
}

OvaContent read_ova(const InputFile& file) {
    OvaContent content;
    content.members = list_ova_members(file);
    if (content.members.empty() || !content.members.front().entry.name.ends_with(".ovf")) {
        throw Error(fmt::format("{} is not an OVA that can be read", file.name()))
            .because("its first member is no descriptor (.ovf)");
    }
    return content;
}

std::string read_member(const InputFile& file, const TarMember& member) {
    if (member.entry.size > kMaxText) {
        throw Error(fmt::format("{} in {} is larger than 4 MiB", member.entry.name, file.name()));
    }
    std::string text(member.entry.size, '\0');
    file.read(member.offset, std::as_writable_bytes(std::span(text.data(), text.size())));
    return text;
}

std::unique_ptr<Source> open_ova(InputFile file, const OpenOptions& options) {
    const OvaContent content = read_ova(file);
    const OvfDescriptor descriptor = read_descriptor(file, content);
    const auto& disk = choose_ovf_disk(descriptor, options.disk, file.name());
    const TarMember* member = content.find(disk.file);
    if (member == nullptr) {
        throw Error(fmt::format("{} is not an OVA that can be read", file.name()))
            .because(fmt::format("its descriptor names {}, which is missing", disk.file));
    }
    // What a member names is nowhere: there is no directory around it.
    OpenOptions inner = options;
    inner.format = &kVmdkFormat;
    inner.disk.clear();
    inner.allow_backing = false;
    std::unique_ptr<Source> source = kVmdkFormat.open(
        file.window(member->offset, member->entry.size, member->entry.name), inner);
    std::vector<std::pair<std::string, std::string>> details;
    for (const TarMember& each : content.members) {
        details.emplace_back("member",
                             fmt::format("{} ({} bytes)", each.entry.name, each.entry.size));
    }
    return make_container_source(std::move(source), "ova", std::move(details));
}

namespace {

OvfDescriptor read_descriptor(const InputFile& file, const OvaContent& content) try {
    return parse_ovf(read_member(file, content.members.front()));
} catch (const Error& error) {
    throw Error(fmt::format("the descriptor of {} cannot be read", file.name())).because(error);
}

}  // namespace
}  // namespace kiln::formats
