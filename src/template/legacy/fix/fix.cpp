#include "template/legacy/fix/fix.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "template/legacy/document.h"
#include "template/legacy/fix/fixer.h"

namespace kiln {
namespace legacy {
namespace {

Json to_json(const json::Node& node);
void write(const Json& value, std::size_t indent, std::string& out);
template <class Items, class Item>
void write_items(const Items& items, char open, char close, std::size_t indent, std::string& out,
                 Item item);
void write_text(std::string_view text, std::string& out);

}  // namespace

bool is_mended_option(std::string_view name) {
    const auto& all = fixers();
    return std::any_of(all.begin(), all.end(), [&](const Fixer& fixer) {
        return std::find(fixer.old_options.begin(), fixer.old_options.end(), name) !=
               fixer.old_options.end();
    });
}

}  // namespace legacy

std::string fix_template(std::string_view text, const std::string& name, SourceMap& sources,
                         Diagnostics& diagnostics) {
    const auto document = legacy::read_document(text, name, sources, diagnostics);
    if (!document) return {};
    legacy::Json tmpl = legacy::to_json(document->root);
    for (const legacy::Fixer& fixer : legacy::fixers()) fixer.fix(tmpl);
    std::string out;
    legacy::write(tmpl, 0, out);
    return out;
}

namespace legacy {
namespace {

Json to_json(const json::Node& node) {
    switch (node.kind) {
        case json::Kind::Null:
            return nullptr;
        case json::Kind::Bool:
            return node.boolean;
        case json::Kind::String:
            return node.text;
        case json::Kind::Number: {
            const std::string text = number_text(node.text);
            std::int64_t whole = 0;
            const char* end = text.data() + text.size();
            if (std::from_chars(text.data(), end, whole).ptr == end) return whole;
            double number = 0;
            std::from_chars(text.data(), end, number);
            return number;
        }
        case json::Kind::Array: {
            Json list = Json::array();
            for (const json::Node& item : node.items) list.push_back(to_json(item));
            return list;
        }
        case json::Kind::Object: {
            Json object = Json::object();
            for (const json::Property& property : node.properties) {
                object[property.name.text] = to_json(property.value);
            }
            return object;
        }
    }
    return nullptr;
}

void write(const Json& value, std::size_t indent, std::string& out) {
    if (value.is_string()) {
        write_text(value.get_ref<const std::string&>(), out);
    } else if (value.is_number_float()) {
        out += fmt::format("{}", value.get<double>());
    } else if (value.is_array()) {
        write_items(value, '[', ']', indent, out,
                    [&](const Json& item) { write(item, indent + 1, out); });
    } else if (value.is_object()) {
        write_items(value.items(), '{', '}', indent, out, [&](const auto& entry) {
            write_text(entry.key(), out);
            out += ": ";
            write(entry.value(), indent + 1, out);
        });
    } else {
        out += value.dump();
    }
}

template <class Items, class Item>
void write_items(const Items& items, char open, char close, std::size_t indent, std::string& out,
                 Item item) {
    out += open;
    bool any = false;
    for (const auto& one : items) {
        out += any ? ",\n" : "\n";
        out.append(2 * (indent + 1), ' ');
        item(one);
        any = true;
    }
    if (any) (out += '\n').append(2 * indent, ' ');
    out += close;
}

// `&` and the two line separators of Unicode are escaped, `<` and `>` are not.
void write_text(std::string_view text, std::string& out) {
    constexpr std::string_view letters = "\"\\\b\f\n\r\t";
    constexpr std::string_view escapes = "\"\\bfnrt";
    out += '"';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (const auto index = letters.find(c); index != std::string_view::npos) {
            (out += '\\') += escapes[index];
        } else if (static_cast<unsigned char>(c) < 0x20 || c == '&') {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else if (text.substr(i, 3) == "\u2028" || text.substr(i, 3) == "\u2029") {
            out += text[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
            i += 2;
        } else {
            out += c;
        }
    }
    out += '"';
}

}  // namespace
}  // namespace legacy
}  // namespace kiln
