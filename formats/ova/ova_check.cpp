#include "formats/ova/ova_check.h"

#include "formats/ova/ova_source.h"
#include "formats/ova/package_check.h"

namespace kiln::formats {

namespace {

OvfPackage package_of(const InputFile& file, const OvaContent& content);
void check_order(const OvaContent& content, CheckReport& report);

}  // namespace

void check_ova(const InputFile& file, CheckReport& report, const OpenOptions& options,
               const ConvertOptions& work) try {
    const OvaContent content = read_ova(file);
    check_package(package_of(file, content), report, options, work);
    check_order(content, report);
} catch (const Cancelled&) {
    throw;
} catch (const Error& error) {
    report.corruption(error.what());
}

namespace {

OvfPackage package_of(const InputFile& file, const OvaContent& content) {
    OvfPackage package;
    package.name = file.name();
    package.descriptor_name = content.members.front().entry.name;
    package.descriptor = read_member(file, content.members.front());
    for (const TarMember& member : content.members) {
        package.files.push_back(member.entry.name);
        if (member.entry.name.ends_with(".mf")) package.manifest = read_member(file, member);
    }
    package.find = [&file, &content](std::string_view name) -> std::optional<InputFile> {
        const TarMember* member = content.find(name);
        if (member == nullptr) return std::nullopt;
        return file.window(member->offset, member->entry.size, member->entry.name);
    };
    return package;
}

// DSP0243, section 5.3: descriptor, manifest, certificate, then the files. Or manifest and
// certificate at the end, as older writers do it.
void check_order(const OvaContent& content, CheckReport& report) {
    bool files_began = false;
    bool files_ended = false;
    for (std::size_t i = 1; i < content.members.size(); ++i) {
        const std::string& name = content.members[i].entry.name;
        if (name.ends_with(".mf") || name.ends_with(".cert")) {
            files_ended = files_began;
        } else if (files_ended) {
            report.notes.push_back(fmt::format(
                "{} stands behind the manifest, and other files before it: readers that take the "
                "archive as a stream may refuse it.",
                name));
            return;
        } else {
            files_began = true;
        }
    }
}

}  // namespace
}  // namespace kiln::formats
