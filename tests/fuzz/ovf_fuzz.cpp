// OVF descriptors: the reader of XML, what it is taken to say, the choice of a disk, and that what
// is written again reads as the same.
#include "formats/ova/ovf_descriptor.h"
#include "formats/ova/xml.h"
#include "harness.h"

namespace kiln::fuzz {
namespace {

using formats::XmlElement;

void require_same(const XmlElement& a, const XmlElement& b) {
    require(a.name == b.name, "an element keeps its name");
    require(a.attributes == b.attributes, "an element keeps its attributes");
    require(a.children.size() == b.children.size(), "an element keeps its children");
    // Where there are children, the text is that around them, and indented.
    if (a.children.empty()) require(a.text == b.text, "an element keeps its text");
    for (std::size_t i = 0; i < a.children.size(); ++i) {
        require_same(a.children[i], b.children[i]);
    }
}

void write_again(const XmlElement& root) {
    std::string text;
    try {
        text = formats::to_xml(root);
    } catch (const Error&) {
        return;  // characters that cannot be written
    }
    try {
        require_same(root, formats::parse_xml(text));
    } catch (const Error&) {
        require(false, "what was written can be read");
    }
}

void choose(const formats::OvfDescriptor& descriptor, std::string_view choice) {
    try {
        const auto& disk = formats::choose_ovf_disk(descriptor, choice, "x.ovf");
        require(disk.obstacle.empty(), "a chosen disk can be read");
    } catch (const Error&) {
    }
}

}  // namespace
}  // namespace kiln::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kiln;
    const std::string_view text = fuzz::text_of(data, size);
    try {
        fuzz::write_again(formats::parse_xml(text));
    } catch (const Error&) {
        return 0;
    }
    try {
        const formats::OvfDescriptor descriptor = formats::parse_ovf(text);
        for (const std::string_view choice : {"", "1", "2", "disk.vmdk", "disk1"}) {
            fuzz::choose(descriptor, choice);
        }
        for (const auto& disk : descriptor.disks) fuzz::choose(descriptor, disk.file);
    } catch (const Error&) {
    }
    return 0;
}
