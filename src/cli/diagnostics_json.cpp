#include "cli/diagnostics_json.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/secret.h"

namespace kiln {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Diagnostic& diagnostic, const SourceMap& sources);
Json to_json(const SourcePos& pos);
Json snippet(const SourceRange& subject, const std::string& text, const SourceMap& sources);

}  // namespace

std::string diagnostics_json(const Diagnostics& diagnostics, const SourceMap& sources) {
    const auto errors = std::count_if(
        diagnostics.begin(), diagnostics.end(),
        [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::Error; });
    Json list = Json::array();
    for (const auto& diagnostic : diagnostics) list.push_back(to_json(diagnostic, sources));
    const Json document = {
        {"format_version", "1.0"},
        {"valid", errors == 0},
        {"error_count", errors},
        {"warning_count", static_cast<std::ptrdiff_t>(diagnostics.size()) - errors},
        {"diagnostics", std::move(list)}};
    // Names of files may be any bytes; JSON wants UTF-8.
    const std::string text = document.dump(2, ' ', false, Json::error_handler_t::replace);
    return secrets().redact(text) + "\n";
}

namespace {

Json to_json(const Diagnostic& diagnostic, const SourceMap& sources) {
    Json json = {{"severity", diagnostic.severity == Severity::Error ? "error" : "warning"},
                 {"summary", diagnostic.summary},
                 {"detail", diagnostic.detail}};
    if (!diagnostic.subject) return json;
    const SourceRange& subject = *diagnostic.subject;
    json["range"] = {{"filename", subject.filename},
                     {"start", to_json(subject.start)},
                     {"end", to_json(subject.end)}};
    const std::string* text = sources.text(subject.filename);
    if (text != nullptr) json["snippet"] = snippet(subject, *text, sources);
    if (!diagnostic.with.empty()) json["values"] = diagnostic.with;
    return json;
}

Json to_json(const SourcePos& pos) {
    return {{"line", pos.line}, {"column", pos.column}, {"byte", pos.byte}};
}

Json snippet(const SourceRange& subject, const std::string& text, const SourceMap& sources) {
    const std::size_t at = std::min(subject.start.byte, text.size());
    const std::size_t newline = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    const std::size_t start = newline == std::string::npos ? 0 : newline + 1;
    std::size_t end = std::min(text.find('\n', std::max(at, subject.end.byte)), text.size());
    if (end > start && text[end - 1] == '\r') --end;
    Json json;
    const std::string_view block = sources.block_at(subject.filename, subject.start.byte);
    json["context"] = block.empty() ? Json(nullptr) : Json(block);
    json["code"] = text.substr(start, end - start);
    json["start_line"] = subject.start.line;
    json["highlight_start_offset"] = at - start;
    json["highlight_end_offset"] = std::min(std::max(at, subject.end.byte), text.size()) - start;
    return json;
}

}  // namespace
}  // namespace kiln
