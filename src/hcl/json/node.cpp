#include "hcl/json/node.h"

#include <algorithm>

namespace kiln::hcl::json {

const Property* Node::find(std::string_view name) const {
    const auto found = std::find_if(properties.rbegin(), properties.rend(),
                                    [&](const Property& p) { return p.name.text == name; });
    return found == properties.rend() ? nullptr : &*found;
}

SourceRange Document::range(const Property& property) const {
    return {filename, property.name.start, property.value.end};
}

SourceRange Document::open_range(const Node& node) const {
    SourcePos end = node.start;
    ++end.byte;
    ++end.column;
    return {filename, node.start, end};
}

SourceRange Document::close_range(const Node& node) const {
    SourcePos start = node.end;
    --start.byte;
    --start.column;
    return {filename, start, node.end};
}

std::string_view Document::raw(const Node& node) const {
    return std::string_view(text).substr(node.start.byte, node.end.byte - node.start.byte);
}

std::string_view kind_name(Kind kind) {
    switch (kind) {
        case Kind::Null:
            return "null";
        case Kind::Bool:
            return "bool";
        case Kind::Number:
            return "number";
        case Kind::String:
            return "string";
        case Kind::Array:
            return "array";
        case Kind::Object:
            return "object";
    }
    return "";
}

}  // namespace kiln::hcl::json
