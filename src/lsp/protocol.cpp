#include "lsp/protocol.h"

#include <nlohmann/json.hpp>

#include "base/secret.h"

namespace kiln::lsp {
namespace {

using Json = nlohmann::json;

int kind_number(Completion::Kind kind);
Json markup(const std::string& text, bool markdown);

}  // namespace

Json to_json(Position position) {
    return {{"line", position.line}, {"character", position.character}};
}

Json to_json(const Range& range) {
    return {{"start", to_json(range.start)}, {"end", to_json(range.end)}};
}

Json to_json(const Diagnostic& diagnostic, const Range& range) {
    constexpr int error = 1;
    constexpr int warning = 2;
    std::string message = diagnostic.summary;
    if (!diagnostic.detail.empty()) message += "\n\n" + diagnostic.detail;
    for (const std::string& value : diagnostic.with) message += "\nwith " + value;
    return {{"range", to_json(range)},
            {"severity", diagnostic.severity == Severity::Error ? error : warning},
            {"source", "kiln"},
            {"message", secrets().redact(message)}};
}

Json to_json(const Completion& completion, const TextDocument& document) {
    constexpr int snippet_format = 2;
    constexpr int deprecated_tag = 1;
    Json json = {{"label", completion.label},
                 {"kind", kind_number(completion.kind)},
                 {"filterText", completion.label},
                 {"textEdit",
                  {{"range", to_json(document.range(completion.start, completion.end))},
                   {"newText", completion.text}}}};
    if (!completion.detail.empty()) json["detail"] = completion.detail;
    if (!completion.doc.empty()) json["documentation"] = completion.doc;
    if (completion.snippet) json["insertTextFormat"] = snippet_format;
    if (completion.deprecated) json["tags"] = {deprecated_tag};
    return json;
}

Json to_json(const Hover& hover, const TextDocument& document, bool markdown) {
    std::string text = markdown ? "```hcl\n" + hover.title + "\n```" : hover.title;
    if (!hover.text.empty()) text += "\n\n" + hover.text;
    return {{"contents", markup(text, markdown)},
            {"range", to_json(document.range(hover.start, hover.end))}};
}

Position position_from_json(const Json& json) {
    return {json.at("line").get<std::size_t>(), json.at("character").get<std::size_t>()};
}

Range range_from_json(const Json& json) {
    return {position_from_json(json.at("start")), position_from_json(json.at("end"))};
}

namespace {

/// The protocol's CompletionItemKind.
int kind_number(Completion::Kind kind) {
    switch (kind) {
        case Completion::Kind::Attribute:
            return 10;
        case Completion::Kind::Block:
            return 22;
        case Completion::Kind::Component:
            return 7;
        case Completion::Kind::Function:
            return 3;
        case Completion::Kind::Name:
            return 6;
        case Completion::Kind::Value:
            break;
    }
    return 12;
}

Json markup(const std::string& text, bool markdown) {
    return {{"kind", markdown ? "markdown" : "plaintext"}, {"value", text}};
}

}  // namespace
}  // namespace kiln::lsp
