#include "formats/ova/ova_check.h"

#include <pugixml.hpp>

#include "base/digest.h"
#include "formats/ova/ova_source.h"
#include "formats/vmdk/vmdk_check.h"

namespace kiln::formats {

namespace {

void check_descriptor(const InputFile& file, const OvaContent& content, CheckReport& report);
void check_manifest(const InputFile& file, const OvaContent& content, CheckReport& report,
                    const CancelToken& cancel);
void check_manifest_line(const InputFile& file, const OvaContent& content, std::string_view line,
                         CheckReport& report, const CancelToken& cancel);
std::string member_digest(const InputFile& file, const TarMember& member, DigestType type,
                          const CancelToken& cancel);

}  // namespace

void check_ova(const InputFile& file, CheckReport& report, const ConvertOptions& work) try {
    const OvaContent content = read_ova(file);
    check_descriptor(file, content, report);
    check_manifest(file, content, report, work.cancel);
    for (const TarMember& disk : content.disks) {
        check_vmdk(file.window(disk.offset, disk.entry.size, disk.entry.name), report, work);
    }
} catch (const Cancelled&) {
    throw;
} catch (const Error& error) {
    report.corruption(error.what());
}

namespace {

void check_descriptor(const InputFile& file, const OvaContent& content, CheckReport& report) {
    const std::string text = read_member(file, content.members.front());
    pugi::xml_document document;
    const auto parsed = document.load_buffer(text.data(), text.size());
    if (!parsed) {
        report.corruption(
            fmt::format("The descriptor is no well-formed XML: {}.", parsed.description()));
        return;
    }
    for (const pugi::xml_node entry :
         document.document_element().child("References").children("File")) {
        const std::string name = entry.attribute("ovf:href").as_string();
        const TarMember* member = content.find(name);
        if (member == nullptr) {
            report.corruption(fmt::format("The descriptor names {}, which is missing.", name));
            continue;
        }
        const pugi::xml_attribute size = entry.attribute("ovf:size");
        if (size && size.as_ullong() != member->entry.size) {
            report.corruption(
                fmt::format("The descriptor gives {} the size {}, and it has {} bytes.", name,
                            size.as_string(), member->entry.size));
        }
    }
}

void check_manifest(const InputFile& file, const OvaContent& content, CheckReport& report,
                    const CancelToken& cancel) {
    const TarMember* manifest = nullptr;
    for (const TarMember& member : content.members) {
        if (member.entry.name.ends_with(".mf")) manifest = &member;
    }
    if (manifest == nullptr) {
        report.notes.emplace_back("There is no manifest: digests were not checked.");
        return;
    }
    const std::string text = read_member(file, *manifest);
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        check_manifest_line(file, content, rest.substr(0, end), report, cancel);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

// SHA256(name)= digest, with or without spaces.
void check_manifest_line(const InputFile& file, const OvaContent& content, std::string_view line,
                         CheckReport& report, const CancelToken& cancel) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.empty()) return;
    const std::size_t open = line.find('(');
    const std::size_t close = line.rfind(")=");
    const std::size_t shown = std::min<std::size_t>(line.size(), 200);
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        report.corruption(
            fmt::format("The manifest has a line of another form: {}.", line.substr(0, shown)));
        return;
    }
    const std::string_view method = line.substr(0, line.substr(0, open).find_last_not_of(' ') + 1);
    const std::string_view name = line.substr(open + 1, close - open - 1);
    std::string_view digest = line.substr(close + 2);
    while (digest.starts_with(' ')) digest.remove_prefix(1);
    const TarMember* member = content.find(name);
    if (member == nullptr) {
        report.corruption(fmt::format("The manifest names {}, which is missing.", name));
        return;
    }
    if (method != "SHA256" && method != "SHA1") {
        report.notes.push_back(fmt::format("The digest {} of {} was not checked.", method, name));
        return;
    }
    const DigestType type = method == "SHA1" ? DigestType::Sha1 : DigestType::Sha256;
    if (member_digest(file, *member, type, cancel) != digest) {
        report.corruption(fmt::format("The {} of {} is not the manifest's.", method, name));
    }
}

std::string member_digest(const InputFile& file, const TarMember& member, DigestType type,
                          const CancelToken& cancel) {
    constexpr std::uint64_t kBlock = std::uint64_t{1} << 20;
    Digester digester(type);
    std::vector<std::byte> block(std::min(kBlock, member.entry.size));
    for (std::uint64_t done = 0; done < member.entry.size;) {
        cancel.throw_if_cancelled();
        const auto part = std::span(block).first(std::min(kBlock, member.entry.size - done));
        file.read(member.offset + done, part);
        digester.update(part);
        done += part.size();
    }
    return digester.finish_hex();
}

}  // namespace
}  // namespace kiln::formats
