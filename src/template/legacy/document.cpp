#include "template/legacy/document.h"

#include <array>
#include <charconv>
#include <set>

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/error.h"
#include "template/config_files.h"

namespace kiln::legacy {
namespace {

std::optional<std::string> read_text(const TemplateOptions& options, Diagnostics& diagnostics);
bool is_plain_integer(const std::string& digits);
bool looks_like_hcl(std::string_view text);
Diagnostic hcl_by_another_name(const std::string& name);
void check_names(const json::Document& document, const json::Node& node, Diagnostics& diagnostics);

}  // namespace

json::DocumentPtr read_document(const TemplateOptions& options, SourceMap& sources,
                                Diagnostics& diagnostics) {
    const auto text = read_text(options, diagnostics);
    if (!text) return nullptr;
    const bool is_stdin = options.path.empty() || options.path == "-";
    return read_document(*text, is_stdin ? kStdinName : options.path.string(), sources,
                         diagnostics);
}

json::DocumentPtr read_document(std::string_view text, const std::string& name, SourceMap& sources,
                                Diagnostics& diagnostics) {
    sources.add_file(name, std::string(text));
    Diagnostics found;
    auto document = json::read_json(text, name, found);
    if (!document && looks_like_hcl(text)) {
        diagnostics.add(hcl_by_another_name(name));
        return nullptr;
    }
    diagnostics.append(std::move(found));
    if (!document) return nullptr;
    if (!document->root.is(json::Kind::Object)) {
        diagnostics.add(Diagnostic::error(
            "A template is a JSON object",
            fmt::format(
                "The file holds {}. A template is an object with \"builders\" and the like.",
                kind_with_article(document->root.kind)),
            document->range(document->root)));
        return nullptr;
    }
    Diagnostics about_names;
    check_names(*document, document->root, about_names);
    const bool good = !about_names.has_errors();
    diagnostics.append(std::move(about_names));
    return good ? document : nullptr;
}

Setting to_setting(const json::Document& document, const json::Node& node) {
    Setting setting;
    switch (node.kind) {
        case json::Kind::Null:
            break;
        case json::Kind::Bool:
            setting = Setting(node.boolean);
            break;
        case json::Kind::Number:
            setting = Setting(Setting::Number{number_text(node.text)});
            break;
        case json::Kind::String:
            setting = Setting(node.text);
            break;
        case json::Kind::Array: {
            Setting::List list;
            for (const json::Node& item : node.items) list.push_back(to_setting(document, item));
            setting = Setting(std::move(list));
            break;
        }
        case json::Kind::Object: {
            Setting::Map map;
            for (const json::Property& property : node.properties) {
                map.insert_or_assign(property.name.text, to_setting(document, property.value));
            }
            setting = Setting(std::move(map));
            break;
        }
    }
    setting.set_range(document.range(node));
    return setting;
}

std::optional<std::string> weak_text(const json::Node& node) {
    switch (node.kind) {
        case json::Kind::Null:
            return "";
        case json::Kind::Bool:
            return node.boolean ? "1" : "0";
        case json::Kind::Number:
            return number_text(node.text);
        case json::Kind::String:
            return node.text;
        default:
            return std::nullopt;
    }
}

std::optional<std::vector<std::string>> weak_texts(const json::Node& node) {
    std::vector<std::string> texts;
    if (node.is(json::Kind::Null)) return texts;
    if (!node.is(json::Kind::Array)) {
        auto text = weak_text(node);
        if (!text) return std::nullopt;
        texts.push_back(std::move(*text));
        return texts;
    }
    for (const json::Node& item : node.items) {
        auto text = weak_text(item);
        if (!text) return std::nullopt;
        texts.push_back(std::move(*text));
    }
    return texts;
}

std::optional<bool> weak_bool(const json::Node& node) {
    if (node.is(json::Kind::Bool)) return node.boolean;
    if (node.is(json::Kind::Number)) return number_text(node.text) != "0";
    if (!node.is(json::Kind::String)) return std::nullopt;
    for (const char* yes : {"1", "t", "T", "TRUE", "true", "True"}) {
        if (node.text == yes) return true;
    }
    for (const char* no : {"", "0", "f", "F", "FALSE", "false", "False"}) {
        if (node.text == no) return false;
    }
    return std::nullopt;
}

std::string kind_with_article(json::Kind kind) {
    const bool vowel = kind == json::Kind::Array || kind == json::Kind::Object;
    return fmt::format("{} {}", vowel ? "an" : "a", json::kind_name(kind));
}

std::string number_text(const std::string& digits) {
    if (is_plain_integer(digits)) return digits;
    double value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    std::array<char, 512> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    return {text.data(), end.ptr};
}

namespace {

std::optional<std::string> read_text(const TemplateOptions& options, Diagnostics& diagnostics) {
    if (options.path.empty() && !options.stdin_text) return "{}";
    if (options.path.empty() || options.path == "-") return options.stdin_text.value_or("");
    const std::string name = options.path.string();
    const bool in_editor = options.read_file && options.read_file(options.path);
    std::error_code ignored;
    if (!in_editor && !std::filesystem::exists(options.path, ignored)) {
        diagnostics.add(Diagnostic::error(
            fmt::format("Could not find any config file in {}", name),
            "A template is a *.pkr.hcl, *.pkr.json or legacy *.json file, or a directory."));
        return std::nullopt;
    }
    if (name.ends_with(".hcl")) {
        diagnostics.add(Diagnostic::error(
            fmt::format("{} is no template by its name", name),
            name.ends_with(".pkrvars.hcl")
                ? "It is a file of variables: name it with -var-file, and give the template or its "
                  "directory as the argument."
                : "The name of an HCL template ends in .pkr.hcl: rename the file. What has another "
                  "name is read as a legacy JSON template."));
        return std::nullopt;
    }
    try {
        return read_template_file(options, options.path);
    } catch (const Error& error) {
        diagnostics.add(Diagnostic::error("Failed to read file", error.to_string()));
        return std::nullopt;
    }
}

// What a machine float holds exactly.
bool is_plain_integer(const std::string& digits) {
    const std::size_t sign = digits.starts_with('-') ? 1 : 0;
    return digits.size() <= sign + 15 && digits != "-0" &&
           digits.find_first_not_of("0123456789", sign) == std::string::npos;
}

// The first word that is no comment is a block of HCL.
bool looks_like_hcl(std::string_view text) {
    static const RE2 pattern(
        "^(?:\\s|#[^\\n]*\\n|//"
        "[^\\n]*\\n)*(?:source|build|variables?|locals?|packer|data)\\s*[{\"]");
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

Diagnostic hcl_by_another_name(const std::string& name) {
    const std::string stem = name.ends_with(".json") ? name.substr(0, name.size() - 5) : name;
    return Diagnostic::error(
        "This looks like a template in HCL",
        name == kStdinName
            ? "Standard input is read as a legacy JSON template: say -config-type=hcl2."
            : fmt::format(
                  "A file of this name is read as a legacy JSON template. Name it {}.pkr.hcl.",
                  stem),
        SourceRange{name, {}, {}});
}

void check_names(const json::Document& document, const json::Node& node, Diagnostics& diagnostics) {
    std::map<std::string_view, const json::Property*> first;
    for (const json::Property& property : node.properties) {
        const auto [known, added] = first.try_emplace(property.name.text, &property);
        if (!added) {
            diagnostics.add(Diagnostic::error(
                fmt::format("Duplicate key \"{}\"", property.name.text),
                fmt::format("The object has this key at {} already. Keep one of them.",
                            document.range(known->second->name).to_string()),
                document.range(property.name)));
        }
        check_names(document, property.value, diagnostics);
    }
    for (const json::Node& item : node.items) check_names(document, item, diagnostics);
}

}  // namespace
}  // namespace kiln::legacy
