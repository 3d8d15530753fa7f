#include "hcl/format/spacing.h"

namespace kiln::hcl {
namespace {

/// What one rule says about a pair of neighbours.
enum class Verdict { None, One, NextRule };

Verdict around_punctuation(TokenType left, TokenType right);
bool opens_literal(TokenType type);
bool closes_literal(TokenType type);
bool opens_sequence(TokenType type);
bool is_keyword_in(const Token* before, const Token& token);
bool minus_is_sign(const Token* before);
Verdict around_braces(TokenType left, TokenType right);

}  // namespace

int bracket_change(TokenType type) {
    switch (type) {
        case TokenType::OpenBrace:
        case TokenType::OpenBracket:
        case TokenType::OpenParen:
        case TokenType::Interpolation:
        case TokenType::Control:
            return 1;
        case TokenType::CloseBrace:
        case TokenType::CloseBracket:
        case TokenType::CloseParen:
        case TokenType::TemplateEnd:
            return -1;
        default:
            return 0;
    }
}

/// The order of the rules is part of the canonical form: the first one that matches decides.
bool space_between(const Token* before, const Token& left, const Token& right) {
    if (const Verdict verdict = around_punctuation(left.type, right.type);
        verdict != Verdict::NextRule) {
        return verdict == Verdict::One;
    }
    if (opens_literal(left.type) || closes_literal(right.type)) return false;
    if (is_keyword_in(before, left)) return true;
    const bool indexable = left.type == TokenType::Identifier || left.type == TokenType::Number ||
                           bracket_change(left.type) < 0;
    if (right.type == TokenType::OpenBracket && indexable) return false;
    if (left.type == TokenType::Not) return false;
    if (left.type == TokenType::Minus) return !minus_is_sign(before);
    if (const Verdict verdict = around_braces(left.type, right.type);
        verdict != Verdict::NextRule) {
        return verdict == Verdict::One;
    }
    return bracket_change(left.type) <= 0 && bracket_change(right.type) >= 0;
}

namespace {

Verdict around_punctuation(TokenType left, TokenType right) {
    if (right == TokenType::Newline) return Verdict::None;
    if (left == TokenType::Identifier && right == TokenType::OpenParen) return Verdict::None;
    if (left == TokenType::DoubleColon || right == TokenType::DoubleColon) return Verdict::None;
    if (left == TokenType::Dot || right == TokenType::Dot) return Verdict::None;
    if (right == TokenType::Comma || right == TokenType::Ellipsis) return Verdict::None;
    if (left == TokenType::Comma) return Verdict::One;
    return Verdict::NextRule;
}

bool opens_literal(TokenType type) {
    return type == TokenType::QuotedText || type == TokenType::PlainText ||
           type == TokenType::OpenQuote || type == TokenType::OpenHeredoc;
}

bool closes_literal(TokenType type) {
    return type == TokenType::QuotedText || type == TokenType::PlainText ||
           type == TokenType::CloseQuote || type == TokenType::CloseHeredoc;
}

bool opens_sequence(TokenType type) {
    return type == TokenType::Interpolation || type == TokenType::Control;
}

bool is_keyword_in(const Token* before, const Token& token) {
    return token.type == TokenType::Identifier && token.text == "in" && before != nullptr &&
           before->type == TokenType::Identifier;
}

bool minus_is_sign(const Token* before) {
    if (before == nullptr) return true;
    switch (before->type) {
        case TokenType::OpenParen:
        case TokenType::OpenBrace:
        case TokenType::OpenBracket:
        case TokenType::Assign:
        case TokenType::Colon:
        case TokenType::Comma:
        case TokenType::Question:
        case TokenType::Plus:
        case TokenType::Minus:
        case TokenType::Star:
        case TokenType::Slash:
        case TokenType::Percent:
        case TokenType::Equal:
        case TokenType::NotEqual:
        case TokenType::Less:
        case TokenType::LessEqual:
        case TokenType::Greater:
        case TokenType::GreaterEqual:
        case TokenType::And:
        case TokenType::Or:
        case TokenType::Not:
            return true;
        default:
            return false;
    }
}

Verdict around_braces(TokenType left, TokenType right) {
    if (left == TokenType::OpenBrace && right == TokenType::CloseBrace) return Verdict::None;
    if (left == TokenType::OpenBrace || right == TokenType::CloseBrace) return Verdict::One;
    if (opens_sequence(left) && right == TokenType::OpenBrace) return Verdict::One;
    if (left == TokenType::CloseBrace && right == TokenType::TemplateEnd) return Verdict::One;
    if (left == TokenType::TemplateEnd && opens_sequence(right)) return Verdict::None;
    return Verdict::NextRule;
}

}  // namespace
}  // namespace kiln::hcl
