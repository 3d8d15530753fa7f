#include <fmt/format.h>

#include "hcl/syntax/parser_state.h"

/// What stands behind a term: `.name`, `[key]` and the two splats.
namespace kiln::hcl {
namespace {

bool is_literal_key(const Expression& key);

}  // namespace

ExpressionPtr Parser::parse_postfix() {
    return parse_steps(parse_term());
}

ExpressionPtr Parser::parse_steps(ExpressionPtr from) {
    while (true) {
        const int failures_before = failures_;
        if (cursor_.next_is(TokenType::Dot)) {
            from = parse_dot(std::move(from));
        } else if (cursor_.next_is(TokenType::OpenBracket)) {
            from = parse_bracket(std::move(from));
        } else {
            return from;
        }
        if (failures_ != failures_before) return from;
    }
}

ExpressionPtr Parser::parse_dot(ExpressionPtr from) {
    const Token dot = cursor_.read();
    const Token next = cursor_.peek();
    const SourceRange step = SourceRange::between(range(dot), range(next));
    if (next.type == TokenType::Identifier) {
        cursor_.read();
        return append_step(from, {std::string(next.text), step});
    }
    if (next.type == TokenType::Number) {
        cursor_.read();
        const auto number = Number::parse(next.text);
        if (next.text.find('.') != std::string_view::npos) {
            std::string proper = "[" + std::string(next.text) + "]";
            for (auto dot_at = proper.find('.'); dot_at != std::string::npos;
                 dot_at = proper.find('.')) {
                proper.replace(dot_at, 1, "][");
            }
            fail("Invalid legacy index syntax",
                 fmt::format("Two indexes after dots cannot be told from a number with a fraction. "
                             "Write brackets: {}.",
                             proper),
                 range(next), SourceRange::between(from->range, range(next)));
            return from;
        }
        if (!number) {
            fail("Invalid number literal",
                 "This is no number: write digits, such as 10, 0.5 or 1e3.", range(next));
            return from;
        }
        return append_step(from, {Value::number(*number), step});
    }
    if (next.type == TokenType::Star) return parse_attribute_splat(std::move(from), dot);
    fail("Invalid attribute name", "After the dot comes the name of an attribute.", range(next),
         SourceRange::between(from->range, range(next)));
    return from;
}

ExpressionPtr Parser::parse_attribute_splat(ExpressionPtr from, const Token& dot) {
    const Token star = cursor_.read();
    const SourceRange marker = SourceRange::between(range(dot), range(star));
    ExpressionPtr each = make(SplatItem{}, marker);
    while (cursor_.next_is(TokenType::Dot)) {
        if (cursor_.peek_second().type == TokenType::Star) {
            cursor_.read();
            fail("Nested splat expression not allowed",
                 "A splat expression (*) cannot be used inside another attribute-only splat "
                 "expression.",
                 range(cursor_.peek()));
            return from;
        }
        const int failures_before = failures_;
        each = parse_dot(std::move(each));
        if (failures_ != failures_before) return from;
    }
    return make(Splat{from, each, marker}, range_from(from->range), {from, each});
}

ExpressionPtr Parser::parse_bracket(ExpressionPtr from) {
    if (cursor_.peek_second().type == TokenType::Star) return parse_full_splat(std::move(from));
    const Token open = cursor_.read();
    const ExpressionPtr key =
        parse_enclosed(open, TokenType::CloseBracket, "Missing close bracket on index",
                       "Write \"]\" after the index.");
    if (!key) return from;
    const SourceRange bracket = range_from(range(open));
    if (is_literal_key(*key)) return append_step(from, {key->as<Literal>()->value, bracket});
    return make(Index{from, key, bracket}, range_from(from->range), {from, key});
}

ExpressionPtr Parser::parse_full_splat(ExpressionPtr from) {
    const Token open = cursor_.read();
    {
        const TokenCursor::NewlineGuard newlines(cursor_, false);
        cursor_.read();  // *
        if (!cursor_.next_is(TokenType::CloseBracket)) {
            fail("Missing close bracket on splat index",
                 "The star for a full splat operator must be immediately followed by a closing "
                 "bracket (\"]\").",
                 range(cursor_.peek()), SourceRange::between(range(open), range(cursor_.peek())));
            cursor_.skip_past(TokenType::CloseBracket);
            return from;
        }
        cursor_.read();
    }
    const SourceRange marker = range_from(range(open));
    const Nesting nesting(*this);
    if (!nesting.ok()) return from;
    const ExpressionPtr each = parse_steps(make(SplatItem{}, marker));
    return make(Splat{from, each, marker}, range_from(from->range), {from, each});
}

ExpressionPtr Parser::append_step(const ExpressionPtr& from, TraversalStep step) {
    const SourceRange whole = SourceRange::between(from->range, step.range);
    const auto* reference = from->as<ScopeTraversal>();
    const auto* relative = from->as<RelativeTraversal>();
    const std::size_t length = reference  ? reference->traversal.steps.size()
                               : relative ? relative->steps.size()
                                          : 0;
    if (length >= kMaxDepth) {
        too_deep(whole);
        return from;
    }
    if (reference != nullptr) {
        Traversal traversal = reference->traversal;
        traversal.steps.push_back(std::move(step));
        return make(ScopeTraversal{std::move(traversal)}, whole);
    }
    if (relative != nullptr) {
        RelativeTraversal longer = *relative;
        longer.steps.push_back(std::move(step));
        return make(longer, whole, {longer.source});
    }
    return make(RelativeTraversal{from, {std::move(step)}}, whole, {from});
}

namespace {

bool is_literal_key(const Expression& key) {
    const auto* literal = key.as<Literal>();
    return literal != nullptr && literal->value.is_known();
}

}  // namespace
}  // namespace kiln::hcl
