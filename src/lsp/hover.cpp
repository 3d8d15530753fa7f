#include "lsp/hover.h"

#include <algorithm>

#include <fmt/format.h>

#include "lsp/cursor.h"
#include "lsp/signature.h"

namespace kiln::lsp {
namespace {

std::optional<Hover> about_item(const Cursor& cursor, const Knowledge& knowledge);
std::optional<Hover> about_label(const Cursor& cursor, const Knowledge& knowledge);
std::optional<Hover> about_name(const Cursor& cursor, const Knowledge& knowledge);
Hover about(const Declaration& declaration);
std::vector<std::string> reference_at(const Cursor& cursor);
std::vector<std::string> split(std::string_view text);

}  // namespace

std::optional<Hover> hover(std::string_view text, std::size_t at, const Knowledge& knowledge) {
    const Cursor cursor = find_word(text, at);
    std::optional<Hover> found;
    switch (cursor.place) {
        case Cursor::Place::Nowhere:
            break;
        case Cursor::Place::Item:
            found = about_item(cursor, knowledge);
            break;
        case Cursor::Place::Label:
            found = about_label(cursor, knowledge);
            break;
        case Cursor::Place::Value:
            found = about_name(cursor, knowledge);
            break;
    }
    if (!found) return std::nullopt;
    found->start = cursor.word_start;
    found->end = cursor.word_end;
    return found;
}

std::optional<SourceRange> definition(std::string_view text, std::size_t at,
                                      const Declarations& declarations) {
    const Declaration* found = declarations.find(reference_at(find_word(text, at)));
    if (found == nullptr) return std::nullopt;
    return found->name_range;
}

namespace {

std::optional<Hover> about_item(const Cursor& cursor, const Knowledge& knowledge) {
    const auto shape = shape_of(cursor.blocks, knowledge.registry);
    const Member* member = shape ? shape->find(cursor.word) : nullptr;
    if (member == nullptr) return std::nullopt;
    return Hover{fmt::format("{}: {}", member->name, member_summary(*member)), member_doc(*member),
                 0, 0};
}

std::optional<Hover> about_label(const Cursor& cursor, const Knowledge& knowledge) {
    if (const Declaration* found = knowledge.declarations.find(reference_at(cursor))) {
        return about(*found);
    }
    const OpenBlock block{cursor.header.type, {cursor.word}};
    if (!cursor.header.labels.empty()) return std::nullopt;
    const auto schema = component_of(block, knowledge.registry);
    if (schema == nullptr) return std::nullopt;
    std::string text = schema->doc();
    const std::string why = knowledge.registry.unavailable(component_kind(block.type), cursor.word);
    if (!why.empty()) text += "\n\n" + why;
    return Hover{fmt::format("{} \"{}\"", block.type, cursor.word), text, 0, 0};
}

std::optional<Hover> about_name(const Cursor& cursor, const Knowledge& knowledge) {
    if (const Declaration* found = knowledge.declarations.find(reference_at(cursor))) {
        return about(*found);
    }
    if (cursor.in_string || !cursor.path.empty()) return std::nullopt;
    const hcl::Function* function = knowledge.functions.find(cursor.word);
    if (function == nullptr) return std::nullopt;
    return Hover{signature(cursor.word, *function), "", 0, 0};
}

Hover about(const Declaration& declaration) {
    std::string title = declaration.reference();
    if (!declaration.constraint.empty()) title += ": " + declaration.constraint;
    if (!declaration.value.empty()) title += " = " + declaration.value;
    return {title, declaration.doc, 0, 0};
}

/// The parts of the reference that the word belongs to. Between quotes only sources
/// are named.
std::vector<std::string> reference_at(const Cursor& cursor) {
    if (cursor.in_string) {
        const bool names_source = cursor.place == Cursor::Place::Label
                                      ? cursor.header.type == "source" && !cursor.blocks.empty()
                                      : cursor.attribute == "sources" ||
                                            cursor.attribute == "only" ||
                                            cursor.attribute == "except";
        auto parts = names_source ? split(cursor.word) : std::vector<std::string>();
        if (parts.size() == 2) parts.insert(parts.begin(), "source");
        return parts.size() == 3 && parts[0] == "source" ? parts : std::vector<std::string>();
    }
    if (cursor.place != Cursor::Place::Value) return {};
    std::vector<std::string> parts = cursor.path;
    parts.push_back(cursor.word);
    parts.insert(parts.end(), cursor.rest.begin(), cursor.rest.end());
    return parts;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t dot = text.find('.');
        parts.emplace_back(text.substr(0, dot));
        if (dot == std::string_view::npos) return parts;
        text.remove_prefix(dot + 1);
    }
}

}  // namespace
}  // namespace kiln::lsp
