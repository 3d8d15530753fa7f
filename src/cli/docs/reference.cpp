#include "cli/docs/reference.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/command/command.h"
#include "cli/docs/components.h"
#include "cli/docs/option_text.h"

namespace kiln::docs {
namespace {

constexpr std::size_t max_depth = 8;
constexpr auto written_by =
    "<!-- Written by `kiln docs -markdown docs/reference`; do not edit. -->\n\n";

std::string index_page(const std::vector<Component>& components);
std::string component_page(const Component& component);
std::string options_table(const SchemaInfo& schema);
std::string block_sections(const SchemaInfo& schema, const std::string& path, std::size_t depth);
std::string outputs_table(const SchemaInfo& schema);
std::string commands_page();
std::string cell(const std::string& text);
std::string code_cell(const std::string& text);

}  // namespace

std::map<std::string, std::string> reference_pages() {
    std::map<std::string, std::string> pages;
    const auto components = all_documented();
    pages["README.md"] = index_page(components);
    pages["commands.md"] = commands_page();
    for (const auto& component : components) {
        pages[component.path() + ".md"] = component_page(component);
    }
    return pages;
}

namespace {

std::string index_page(const std::vector<Component>& components) {
    std::string out = std::string("# Reference\n\n") + written_by;
    out += "The [commands](commands.md), and every component that kiln knows:\n";
    for (const auto& block : component_blocks()) {
        std::string rows;
        for (const auto& component : components) {
            if (component.block != block) continue;
            rows += fmt::format("| [{}]({}.md) | {} | {} |\n", component.type, component.path(),
                                cell(as_sentence(component.schema->doc())),
                                component.unavailable.empty() ? "yes" : "not yet");
        }
        if (rows.empty()) continue;
        std::string kind(Component{block, "", nullptr, ""}.kind());
        kind[0] = static_cast<char>(kind[0] - 'a' + 'A');
        out += fmt::format("\n## {}s\n\n| name | what it does | runs |\n| --- | --- | --- |\n{}",
                           kind, rows);
    }
    return out;
}

std::string component_page(const Component& component) {
    std::string out = fmt::format("# {} {}\n\n{}{}\n", component.kind(), component.type, written_by,
                                  as_sentence(component.schema->doc()));
    if (!component.unavailable.empty()) {
        out += fmt::format("\n**It cannot run yet:** {} Templates that use it can be validated.\n",
                           as_sentence(component.unavailable));
    }
    out += "\n## Options\n\n" + options_table(*component.schema);
    out += block_sections(*component.schema, "", 0);
    out += outputs_table(*component.schema);
    return out;
}

std::string options_table(const SchemaInfo& schema) {
    std::string rows;
    for (const bool required : {true, false}) {
        for (const auto& option : schema.options()) {
            if (option.hidden || option.required != required) continue;
            rows +=
                fmt::format("| `{}` | {} | {} | {} |\n", option.name,
                            cell(std::string(option_type_name(option.type))),
                            code_cell(default_of(option)), cell(describe_option(option, false)));
        }
    }
    if (rows.empty()) return "There are none.\n";
    return "| option | type | default | meaning |\n| --- | --- | --- | --- |\n" + rows;
}

std::string block_sections(const SchemaInfo& schema, const std::string& path, std::size_t depth) {
    std::string out;
    if (depth == max_depth) return out;
    for (const auto& option : schema.options()) {
        if (option.hidden || option.block == nullptr) continue;
        const std::string name = path.empty() ? option.name : path + "." + option.name;
        out += fmt::format("\n## Block {}\n\n{}\n\n{}", name, as_sentence(option.doc),
                           options_table(*option.block));
        out += block_sections(*option.block, name, depth + 1);
    }
    return out;
}

std::string outputs_table(const SchemaInfo& schema) {
    if (schema.outputs().empty()) return "";
    std::string out =
        "\n## What it gives back\n\n| attribute | type | meaning |\n| --- | --- | --- |\n";
    for (const auto& output : schema.outputs()) {
        out += fmt::format("| `{}` | {} | {} |\n", output.name,
                           cell(std::string(option_type_name(output.type))),
                           cell(as_sentence(output.doc)));
    }
    return out;
}

std::string commands_page() {
    std::string out = std::string("# Commands\n\n") + written_by;
    out +=
        "Flags take one dash or two, a value after `=` or as the next argument, and stand before "
        "the arguments.\n";
    for (const auto& entry : commands()) {
        if (entry.hidden) continue;
        const auto command = entry.make();
        FlagSet flags{std::string(entry.name), std::string(entry.about)};
        command->declare(flags);
        out += fmt::format("\n## kiln {}\n\n", entry.name);
        if (flags.takes_everything()) {
            out += fmt::format("{} `kiln {} --help` tells the rest.\n",
                               as_sentence(std::string(entry.synopsis)), entry.name);
            continue;
        }
        out += fmt::format("```text\n{}```\n", flags.help());
    }
    return out;
}

std::string cell(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '|' || c == '<') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

std::string code_cell(const std::string& text) {
    if (text.empty()) return "";
    std::string out = "`";
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out + "`";
}

}  // namespace
}  // namespace kiln::docs
