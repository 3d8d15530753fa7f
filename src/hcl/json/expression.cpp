#include "hcl/json/expression.h"

#include <algorithm>

#include <fmt/format.h>

#include "hcl/syntax/parser_state.h"
#include "hcl/syntax/token.h"
#include "hcl/value/print.h"

namespace kiln::hcl {
namespace {

ExpressionPtr make(Expression::Node node, SourceRange range, int deepest_child = 0);
ExpressionPtr string_expression(const json::DocumentPtr& document, const json::Node& node);
ExpressionPtr array_expression(const json::DocumentPtr& document, const json::Node& node);
ExpressionPtr object_expression(const json::DocumentPtr& document, const json::Node& node);
bool may_have_sequences(std::string_view text);

/// The tokens of a string's characters, with the places that they have in the JSON text.
std::vector<Token> tokenize_string(const json::Document& document, const json::Node& node,
                                   LexMode mode);

}  // namespace

ExpressionPtr json_expression(const json::DocumentPtr& document, const json::Node& node) {
    switch (node.kind) {
        case json::Kind::String:
            return string_expression(document, node);
        case json::Kind::Array:
            return array_expression(document, node);
        case json::Kind::Object:
            return object_expression(document, node);
        default: {
            Diagnostics unused;  // numbers have been checked by the reader
            return make(Literal{json_value(*document, node, unused)}, document->range(node));
        }
    }
}

ExpressionPtr json_native_expression(const JsonString& string) {
    const json::Document& document = *string.document;
    Diagnostics errors;
    const auto tokens = tokenize_string(document, *string.node, LexMode::Normal);
    report_invalid_tokens(tokens, document.filename, errors);
    ExpressionPtr read = Parser(tokens, document.filename, false, errors).parse_only_expression();
    return errors.has_errors() ? nullptr : read;
}

std::optional<Traversal> json_traversal(const JsonString& string) {
    const json::Document& document = *string.document;
    Diagnostics errors;
    const auto tokens = tokenize_string(document, *string.node, LexMode::Normal);
    report_invalid_tokens(tokens, document.filename, errors);
    auto read = Parser(tokens, document.filename, false, errors).parse_only_traversal();
    return errors.has_errors() ? std::nullopt : read;
}

Value json_value(const json::Document& document, const json::Node& node, Diagnostics& diagnostics) {
    switch (node.kind) {
        case json::Kind::Null:
            return {};
        case json::Kind::Bool:
            return Value::boolean(node.boolean);
        case json::Kind::Number: {
            const auto number = Number::parse(node.text);
            if (number) return Value::number(*number);
            diagnostics.add(Diagnostic::error("Invalid JSON number",
                                              "This number is too large to be represented.",
                                              document.range(node)));
            return Value::unknown_of(Type::number());
        }
        case json::Kind::String:
            return Value::string(node.text);
        case json::Kind::Array: {
            Value::Elements elements;
            elements.reserve(node.items.size());
            for (const json::Node& item : node.items) {
                elements.push_back(json_value(document, item, diagnostics));
            }
            return Value::tuple(std::move(elements));
        }
        case json::Kind::Object: {
            Value::Entries entries;
            for (const json::Property& property : node.properties) {
                Value value = json_value(document, property.value, diagnostics);
                const std::string name = normalize_nfc(property.name.text);
                if (entries.emplace(name, std::move(value)).second) continue;
                diagnostics.add(Diagnostic::error(
                    "Duplicate object attribute",
                    fmt::format("The object has an attribute {} already.", quote(name)),
                    document.range(property.name), document.range(node)));
            }
            return Value::object(std::move(entries));
        }
    }
    return {};
}

namespace {

ExpressionPtr make(Expression::Node node, SourceRange range, int deepest_child) {
    return std::make_shared<const Expression>(
        Expression{std::move(node), std::move(range), deepest_child + 1});
}

ExpressionPtr string_expression(const json::DocumentPtr& document, const json::Node& node) {
    const SourceRange range = document->range(node);
    JsonString string{document, &node, nullptr, nullptr};
    if (!may_have_sequences(node.text)) {
        string.parsed = make(Literal{Value::string(node.text)}, range);
        return make(std::move(string), range, 1);
    }
    Diagnostics errors;
    const auto tokens = tokenize_string(*document, node, LexMode::Template);
    report_invalid_tokens(tokens, document->filename, errors);
    string.parsed = Parser(tokens, document->filename, false, errors).parse_only_template();
    if (!errors.empty()) string.errors = std::make_shared<const Diagnostics>(std::move(errors));
    const int depth = string.parsed->depth;
    return make(std::move(string), range, depth);
}

ExpressionPtr array_expression(const json::DocumentPtr& document, const json::Node& node) {
    TupleConstructor tuple;
    int deepest = 0;
    tuple.elements.reserve(node.items.size());
    for (const json::Node& item : node.items) {
        tuple.elements.push_back(json_expression(document, item));
        deepest = std::max(deepest, tuple.elements.back()->depth);
    }
    return make(std::move(tuple), document->range(node), deepest);
}

ExpressionPtr object_expression(const json::DocumentPtr& document, const json::Node& node) {
    ObjectConstructor object;
    object.open_range = document->open_range(node);
    object.unique_keys = true;
    int deepest = 0;
    object.items.reserve(node.properties.size());
    for (const json::Property& property : node.properties) {
        ExpressionPtr key = string_expression(document, property.name);
        ExpressionPtr value = json_expression(document, property.value);
        deepest = std::max({deepest, key->depth, value->depth});
        object.items.push_back({std::move(key), std::move(value)});
    }
    return make(std::move(object), document->range(node), deepest);
}

bool may_have_sequences(std::string_view text) {
    return text.find("${") != std::string_view::npos || text.find("%{") != std::string_view::npos;
}

std::vector<Token> tokenize_string(const json::Document& document, const json::Node& node,
                                   LexMode mode) {
    std::vector<Token> tokens = tokenize(node.text, {}, mode);
    // Places come in ascending order, so that one walk over the written text finds them all.
    std::string_view raw = document.raw(node);
    raw = raw.substr(1, raw.size() - 2);
    SourcePos base = node.start;
    ++base.byte;
    ++base.column;
    const bool plain = raw.size() == node.text.size();
    std::size_t decoded = 0;
    std::size_t written = 0;
    SourcePos at = base;
    const auto move_to = [&](std::size_t offset) {
        const std::size_t from = written;
        while (decoded < offset && written < raw.size()) {
            if (plain || raw[written] != '\\') {
                ++decoded;
                ++written;
                continue;
            }
            std::string character;
            json::decode_escape(raw, written, character);
            decoded += character.size();
        }
        at = advance(at, raw.substr(from, written - from));
        return at;
    };
    for (Token& token : tokens) {
        const std::size_t start = token.start.byte;
        const std::size_t end = token.end.byte;
        token.start = move_to(start);
        token.end = move_to(end);
    }
    return tokens;
}

}  // namespace
}  // namespace kiln::hcl
