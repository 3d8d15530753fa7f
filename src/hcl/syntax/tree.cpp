#include "hcl/syntax/tree.h"

#include "hcl/value/print.h"

namespace kiln::hcl {

SourceRange Traversal::range() const {
    return steps.empty() ? root_range : SourceRange::between(root_range, steps.back().range);
}

std::string Traversal::to_string() const {
    std::string out = root;
    for (const TraversalStep& step : steps) {
        if (step.is_attribute()) {
            out += "." + step.name();
            continue;
        }
        const Value& key = step.key();
        if (key.is_null() || !key.is_known()) {
            out += "[...]";
        } else if (key.type() == Type::string()) {
            out += "[" + quote(key.as_string()) + "]";
        } else if (key.type() == Type::number()) {
            out += "[" + key.as_number().to_short_text() + "]";
        } else {
            out += "[...]";
        }
    }
    return out;
}

const Attribute* Body::find(const std::string& name) const {
    const auto found = attributes.find(name);
    return found == attributes.end() ? nullptr : &found->second;
}

SourceRange Block::header_range() const {
    return labels.empty() ? type_range : SourceRange::between(type_range, labels.back().range);
}

SourceRange Block::range() const {
    return SourceRange::between(type_range, close_brace_range);
}

std::string Block::header() const {
    std::string out = type;
    for (const Label& label : labels) out += " " + quote(label.text);
    return out;
}

}  // namespace kiln::hcl
