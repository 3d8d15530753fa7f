#include "cli/docs/terminal.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/docs/option_text.h"
#include "cli/wrap.h"

namespace kiln::docs {
namespace {

constexpr std::size_t max_depth = 8;
constexpr std::size_t narrowest_column = 32;
constexpr std::size_t indent = 2;
constexpr std::size_t gap = 2;

struct Row {
    std::string name;
    std::string type;
    std::string text;
};

std::string table(const std::vector<Row>& rows, const TerminalStyle& style);
std::string options_table(const SchemaInfo& schema, const TerminalStyle& style);
std::string blocks(const SchemaInfo& schema, const std::string& path, const TerminalStyle& style,
                   std::size_t depth);
std::string outputs(const SchemaInfo& schema, const TerminalStyle& style);
std::string bold(const std::string& text, const TerminalStyle& style);

}  // namespace

std::string list_for_terminal(const std::vector<Component>& components,
                              const TerminalStyle& style) {
    std::string out;
    for (const auto& block : component_blocks()) {
        std::vector<Row> rows;
        for (const auto& component : components) {
            if (component.block != block) continue;
            std::string text = as_sentence(component.schema->doc());
            if (!component.unavailable.empty()) text += " (Cannot run yet.)";
            rows.push_back({component.type, "", std::move(text)});
        }
        if (rows.empty()) continue;
        const std::string kind(Component{block, "", nullptr, ""}.kind());
        out += bold(fmt::format("{}s", kind), style) + "\n" + table(rows, style) + "\n";
    }
    return out + "kiln docs NAME tells about one of them, kiln docs NAME OPTION about an option.\n";
}

std::string component_for_terminal(const Component& component, const TerminalStyle& style) {
    std::string out = bold(fmt::format("{} {}", component.kind(), component.type), style) + "\n\n";
    const auto paragraph = [&](const std::string& text) {
        out += std::string(indent, ' ') + wrap_text(text, indent, style.width) + "\n\n";
    };
    paragraph(as_sentence(component.schema->doc()));
    if (!component.unavailable.empty()) {
        paragraph("It cannot run yet: " + as_sentence(component.unavailable));
    }
    out += options_table(*component.schema, style);
    out += blocks(*component.schema, "", style, 0);
    out += outputs(*component.schema, style);
    return out;
}

std::optional<std::string> option_for_terminal(const Component& component, std::string_view name,
                                               const TerminalStyle& style) {
    const OptionInfo* option = component.schema->find(name);
    if (option == nullptr || option->hidden) return std::nullopt;
    std::string out = bold(fmt::format("{} {}: {}", component.kind(), component.type, name), style);
    out += fmt::format(" ({})\n\n  {}\n", option_type_name(option->type),
                       wrap_text(describe_option(*option, true), indent, style.width));
    if (option->block) out += "\n" + options_table(*option->block, style);
    return out;
}

namespace {

std::string options_table(const SchemaInfo& schema, const TerminalStyle& style) {
    std::vector<Row> rows;
    for (const auto& option : schema.options()) {
        if (option.hidden) continue;
        rows.push_back({option.name, std::string(option_type_name(option.type)),
                        describe_option(option, true)});
    }
    // What must be given comes first; otherwise the order of the schema tells what belongs
    // together.
    std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
        return schema.find(a.name)->required && !schema.find(b.name)->required;
    });
    return rows.empty() ? "  There are no options.\n" : table(rows, style);
}

std::string blocks(const SchemaInfo& schema, const std::string& path, const TerminalStyle& style,
                   std::size_t depth) {
    std::string out;
    if (depth == max_depth) return out;
    for (const auto& option : schema.options()) {
        if (option.hidden || option.block == nullptr) continue;
        const std::string name = path.empty() ? option.name : path + "." + option.name;
        out += "\n" + bold(fmt::format("block {}", name), style) + "\n\n";
        out += options_table(*option.block, style);
        out += blocks(*option.block, name, style, depth + 1);
    }
    return out;
}

std::string outputs(const SchemaInfo& schema, const TerminalStyle& style) {
    if (schema.outputs().empty()) return "";
    std::vector<Row> rows;
    for (const auto& output : schema.outputs()) {
        rows.push_back(
            {output.name, std::string(option_type_name(output.type)), as_sentence(output.doc)});
    }
    return "\n" + bold("gives back", style) + "\n\n" + table(rows, style);
}

std::string table(const std::vector<Row>& rows, const TerminalStyle& style) {
    std::size_t names = 0;
    std::size_t types = 0;
    for (const auto& row : rows) {
        names = std::max(names, row.name.size());
        types = std::max(types, row.type.size());
    }
    const std::size_t column = indent + names + gap + (types == 0 ? 0 : types + gap);
    const bool beside = column + narrowest_column <= style.width;
    std::string out;
    for (const auto& row : rows) {
        out += std::string(indent, ' ') + bold(row.name, style);
        out += std::string(names - row.name.size() + gap, ' ');
        if (types != 0) out += fmt::format("{:<{}}", row.type, types + gap);
        if (beside) {
            out += wrap_text(row.text, column, style.width);
        } else {
            out.erase(out.find_last_not_of(' ') + 1);
            out +=
                "\n" + std::string(indent * 3, ' ') + wrap_text(row.text, indent * 3, style.width);
        }
        out.erase(out.find_last_not_of(' ') + 1);
        out += "\n";
    }
    return out;
}

std::string bold(const std::string& text, const TerminalStyle& style) {
    return style.color ? "\x1b[1m" + text + "\x1b[0m" : text;
}

}  // namespace
}  // namespace kiln::docs
