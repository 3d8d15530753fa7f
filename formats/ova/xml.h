#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kiln::formats {

/// An element of an OVF descriptor: as much of XML as those use.
///
/// Reading knows elements, attributes, text, CDATA, comments, processing instructions (left out),
/// the five named entities and numeric references, in UTF-8. A DOCTYPE is refused, and with it
/// every entity that could be declared. Depth, number of elements and attributes are limited.
/// Namespaces are not resolved: descriptors use the prefixes `ovf`, `rasd`, `vmw` everywhere.
///
/// A value: not safe for writing from several threads.
struct XmlElement {
    std::string name;
    std::vector<std::pair<std::string, std::string>> attributes;  ///< in their order
    std::string text;  ///< all of the element's own text; spaces around it stay
    std::vector<XmlElement> children;

    /// The first child of that name, or null.
    const XmlElement* child(std::string_view child_name) const;
    /// The attribute's value, or null. A name without a prefix also finds `ovf:name`.
    const std::string* attribute(std::string_view attribute_name) const;

    /// For writing. References to children stay valid until the next `add` to the same element.
    XmlElement& add(std::string_view child_name);
    void add_text(std::string_view child_name, std::string_view child_text);
    void set(std::string_view attribute_name, std::string_view value);
};

/// The root element. Throws Error that says what is wrong and at which line.
XmlElement parse_xml(std::string_view text);

/// With a declaration, indented by two spaces, `<a />` for what is empty. The same element gives
/// the same bytes. Throws Error for control characters, which XML 1.0 cannot hold.
std::string to_xml(const XmlElement& root);

}  // namespace kiln::formats
