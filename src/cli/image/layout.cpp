#include "cli/image/layout.h"

#include <nlohmann/json.hpp>

#include "base/size.h"
#include "cli/image/text.h"

namespace kiln {

namespace {

using formats::LayoutNode;

void add_lines(const LayoutNode& node, const LayoutNode* parent, const std::string& branch,
               const std::string& indent, std::string& text);
std::string describe(const LayoutNode& node, const LayoutNode* parent);

}  // namespace

std::string layout_text(const LayoutNode& disk) {
    std::string text;
    add_lines(disk, nullptr, "", "", text);
    return text;
}

nlohmann::ordered_json layout_json(const LayoutNode& node) {
    nlohmann::ordered_json json = {
        {"kind", formats::kind_name(node.kind)}, {"offset", node.offset}, {"length", node.length}};
    const auto add = [&](const char* key, const std::string& value) {
        if (!value.empty()) json[key] = value;
    };
    if (node.number != 0) json["number"] = node.number;
    add("name", node.name);
    add("type", node.type);
    add("type_id", node.type_id);
    add("uuid", node.uuid);
    if (!node.flags.empty()) json["flags"] = node.flags;
    add("content", node.content);
    if (node.file_system) {
        const formats::FileSystemInfo& found = *node.file_system;
        json["file_system"] = {{"type", found.type}, {"label", found.label},
                               {"uuid", found.uuid}, {"size", found.size},
                               {"used", found.used}, {"block_size", found.block_size}};
        if (!found.untouchable.empty()) json["file_system"]["left_alone"] = found.untouchable;
    }
    add("os", node.os);
    add("note", node.note);
    add("left_alone", node.left_alone);
    for (const LayoutNode& child : node.children) json["children"].push_back(layout_json(child));
    return json;
}

namespace {

void add_lines(const LayoutNode& node, const LayoutNode* parent, const std::string& branch,
               const std::string& indent, std::string& text) {
    text += fmt::format("  {}{}\n", branch, printable(describe(node, parent)));
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        const bool last = i + 1 == node.children.size();
        add_lines(node.children[i], &node, indent + (last ? "└── " : "├── "),
                  indent + (last ? "    " : "│   "), text);
    }
}

std::string describe(const LayoutNode& node, const LayoutNode* parent) {
    std::string line = formats::title_of(node, parent);
    line += fmt::format(", {}", format_size(node.length));
    if (!node.type.empty()) line += fmt::format(", {}", node.type);
    if (node.kind == LayoutNode::Kind::Partition && !node.name.empty()) {
        line += fmt::format(" \"{}\"", node.name);
    }
    for (const std::string& flag : node.flags) line += fmt::format(", {}", flag);
    if (node.file_system) {
        const formats::FileSystemInfo& found = *node.file_system;
        line += fmt::format(": {}", found.type);
        if (!found.label.empty()) line += fmt::format(" \"{}\"", found.label);
        if (found.used != 0) {
            line +=
                fmt::format(", {} of {} used", format_size(found.used), format_size(found.size));
        }
        if (!found.untouchable.empty()) line += fmt::format(" ({})", found.untouchable);
    } else if (!node.content.empty()) {
        line += fmt::format(": {}", node.content);
    }
    if (!node.os.empty()) line += fmt::format(", {}", node.os);
    if (!node.note.empty()) line += fmt::format(" ({})", node.note);
    return line;
}

}  // namespace
}  // namespace kiln
