#include "formats/ova/package_check.h"

#include <algorithm>
#include <set>

#include "base/digest.h"
#include "formats/vmdk/vmdk_format.h"

namespace kiln::formats {

namespace {

class PackageCheck {
  public:
    PackageCheck(const OvfPackage& package, CheckReport& report, const OpenOptions& options,
                 const ConvertOptions& work)
        : package_(package), report_(report), options_(options), work_(work) {}

    void descriptor();
    void manifest();
    void certificate();
    void disks();

  private:
    void manifest_line(std::string_view line);
    void digest(std::string_view method, const std::string& name, std::string_view expected);
    std::string digest_of(const InputFile& file, DigestType type) const;

    const OvfPackage& package_;
    CheckReport& report_;
    const OpenOptions& options_;
    const ConvertOptions& work_;
    std::vector<std::string> disks_;  // what is to be checked as a VMDK
    std::set<std::string> in_manifest_;
};

}  // namespace

void check_package(const OvfPackage& package, CheckReport& report, const OpenOptions& options,
                   const ConvertOptions& work) {
    PackageCheck check(package, report, options, work);
    check.descriptor();
    check.manifest();
    check.certificate();
    check.disks();
}

namespace {

void PackageCheck::descriptor() try {
    const OvfDescriptor descriptor = parse_ovf(package_.descriptor);
    for (const OvfDescriptor::File& entry : descriptor.files) {
        const auto file = package_.find(entry.href);
        if (!file) {
            report_.corruption(
                fmt::format("The descriptor names {}, which is missing.", entry.href));
            continue;
        }
        if (!entry.size_text.empty() && entry.size != file->size()) {
            report_.corruption(
                fmt::format("The descriptor gives {} the size {}, and it has {} bytes.", entry.href,
                            entry.size_text, file->size()));
        }
    }
    for (const OvfDescriptor::Disk& disk : descriptor.disks) {
        if (disk.obstacle.empty()) {
            disks_.push_back(disk.file);
        } else {
            report_.notes.push_back(
                fmt::format("The disk {} was not checked: {}.", disk.file, disk.obstacle));
        }
    }
    if (descriptor.disks.empty()) report_.notes.emplace_back("The descriptor names no disk.");
} catch (const Cancelled&) {
    throw;
} catch (const Error& error) {
    report_.corruption(fmt::format("The descriptor cannot be read: {}.", error.what()));
    for (const std::string& name : package_.files) {
        if (name.ends_with(".vmdk")) disks_.push_back(name);
    }
}

void PackageCheck::manifest() {
    if (!package_.manifest) {
        report_.notes.emplace_back("There is no manifest: digests were not checked.");
        return;
    }
    std::string_view rest = *package_.manifest;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        manifest_line(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    for (const std::string& name : package_.files) {
        if (!name.ends_with(".mf") && !name.ends_with(".cert") && !in_manifest_.contains(name)) {
            report_.notes.push_back(fmt::format("{} is not in the manifest.", name));
        }
    }
}

// SHA256(name)= digest, with or without spaces.
void PackageCheck::manifest_line(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.empty()) return;
    const std::size_t open = line.find('(');
    const std::size_t close = line.rfind(")=");
    const std::size_t shown = std::min<std::size_t>(line.size(), 200);
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        report_.corruption(
            fmt::format("The manifest has a line of another form: {}.", line.substr(0, shown)));
        return;
    }
    const std::string_view method = line.substr(0, line.substr(0, open).find_last_not_of(' ') + 1);
    const std::string name(line.substr(open + 1, close - open - 1));
    std::string_view expected = line.substr(close + 2);
    while (expected.starts_with(' ')) expected.remove_prefix(1);
    if (!in_manifest_.insert(name).second) {
        report_.corruption(fmt::format("The manifest names {} twice.", name));
        return;
    }
    digest(method, name, expected);
}

void PackageCheck::digest(std::string_view method, const std::string& name,
                          std::string_view expected) {
    const auto file = package_.find(name);
    if (!file) {
        report_.corruption(fmt::format("The manifest names {}, which is missing.", name));
        return;
    }
    if (method != "SHA256" && method != "SHA1") {
        report_.notes.push_back(fmt::format("The digest {} of {} was not checked.", method, name));
        return;
    }
    const DigestType type = method == "SHA1" ? DigestType::Sha1 : DigestType::Sha256;
    if (digest_of(*file, type) != expected) {
        report_.corruption(fmt::format("The {} of {} is not the manifest's.", method, name));
    }
}

std::string PackageCheck::digest_of(const InputFile& file, DigestType type) const {
    constexpr std::uint64_t kBlock = std::uint64_t{1} << 20;
    Digester digester(type);
    std::vector<std::byte> block(std::min(kBlock, file.size()));
    for (std::uint64_t done = 0; done < file.size();) {
        work_.cancel.throw_if_cancelled();
        const auto part = std::span(block).first(std::min(kBlock, file.size() - done));
        file.read(done, part);
        digester.update(part);
        done += part.size();
    }
    return digester.finish_hex();
}

void PackageCheck::certificate() {
    for (const std::string& name : package_.files) {
        if (name.ends_with(".cert")) {
            report_.notes.push_back(fmt::format("The signature in {} was not verified.", name));
        }
    }
}

void PackageCheck::disks() {
    for (const std::string& name : disks_) {
        const auto file = package_.find(name);
        if (file) kVmdkFormat.check(*file, report_, options_, work_);
    }
}

}  // namespace
}  // namespace kiln::formats
