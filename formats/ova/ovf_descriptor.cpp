#include "formats/ova/ovf_descriptor.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "formats/core/disk_choice.h"
#include "formats/ova/xml.h"

namespace kiln::formats {

namespace {

std::string_view local_name(std::string_view name);
std::vector<const XmlElement*> entries(const XmlElement& root, std::string_view section,
                                       std::string_view entry);
std::string value_of(const XmlElement& element, std::string_view attribute);
OvfDescriptor::File read_file_entry(const XmlElement& element);
std::string obstacle_of(const OvfDescriptor::Disk& disk, const OvfDescriptor::File& file);

}  // namespace

const OvfDescriptor::File* OvfDescriptor::find_file(std::string_view id) const {
    const auto found = std::ranges::find(files, id, &File::id);
    return found == files.end() ? nullptr : &*found;
}

OvfDescriptor parse_ovf(std::string_view text) {
    const XmlElement root = parse_xml(text);
    if (local_name(root.name) != "Envelope") {
        throw Error(fmt::format("it is no OVF: its root element is {}", root.name));
    }
    OvfDescriptor descriptor;
    for (const XmlElement* element : entries(root, "References", "File")) {
        descriptor.files.push_back(read_file_entry(*element));
    }
    for (const XmlElement* element : entries(root, "DiskSection", "Disk")) {
        const auto* file = descriptor.find_file(value_of(*element, "fileRef"));
        if (file == nullptr) continue;  // an empty disk, made when the machine is
        OvfDescriptor::Disk disk;
        disk.id = value_of(*element, "diskId");
        disk.file = file->href;
        disk.format = value_of(*element, "format");
        disk.has_parent = element->attribute("parentRef") != nullptr;
        disk.obstacle = obstacle_of(disk, *file);
        descriptor.disks.push_back(std::move(disk));
    }
    return descriptor;
}

const OvfDescriptor::Disk& choose_ovf_disk(const OvfDescriptor& descriptor, std::string_view choice,
                                           std::string_view container) {
    std::vector<std::string> names;
    for (const OvfDescriptor::Disk& disk : descriptor.disks) names.push_back(disk.file);
    const OvfDescriptor::Disk& disk = descriptor.disks[choose_disk(names, choice, container)];
    if (!disk.obstacle.empty()) {
        throw Error(fmt::format("the disk {} of {} cannot be read", disk.file, container))
            .because(disk.obstacle);
    }
    return disk;
}

namespace {

std::string_view local_name(std::string_view name) {
    return name.substr(name.find(':') == std::string_view::npos ? 0 : name.find(':') + 1);
}

// Sections may have the prefix of the namespace (`ovf:References`).
std::vector<const XmlElement*> entries(const XmlElement& root, std::string_view section,
                                       std::string_view entry) {
    std::vector<const XmlElement*> found;
    for (const XmlElement& child : root.children) {
        if (local_name(child.name) != section) continue;
        for (const XmlElement& element : child.children) {
            if (local_name(element.name) == entry) found.push_back(&element);
        }
    }
    return found;
}

std::string value_of(const XmlElement& element, std::string_view attribute) {
    const std::string* value = element.attribute(attribute);
    return value != nullptr ? *value : "";
}

OvfDescriptor::File read_file_entry(const XmlElement& element) {
    OvfDescriptor::File file;
    file.id = value_of(element, "id");
    file.href = value_of(element, "href");
    file.compression = value_of(element, "compression");
    if (file.compression == "identity") file.compression.clear();
    file.chunked = element.attribute("chunkSize") != nullptr;
    file.size_text = value_of(element, "size");
    std::uint64_t size = 0;
    const char* begin = file.size_text.data();
    const char* end = begin + file.size_text.size();
    const auto [rest, error] = std::from_chars(begin, end, size);
    if (error == std::errc() && rest == end) file.size = size;
    return file;
}

std::string obstacle_of(const OvfDescriptor::Disk& disk, const OvfDescriptor::File& file) {
    if (file.chunked) return "it is cut into several files; put them together first";
    if (!file.compression.empty()) {
        return fmt::format("it is compressed as a whole ({}); unpack the package and the disk",
                           file.compression);
    }
    if (disk.has_parent) return "it builds on another disk of the package";
    const bool vmdk = disk.format.empty() ? disk.file.ends_with(".vmdk")
                                          : disk.format.find("vmdk") != std::string::npos;
    if (!vmdk) {
        return fmt::format(
            "its format is not VMDK ({}); unpack the package and give the disk with its format",
            disk.format.empty() ? "not said" : disk.format);
    }
    return "";
}

}  // namespace
}  // namespace kiln::formats
